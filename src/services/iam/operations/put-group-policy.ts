/** PutGroupPolicy: writes an inline policy into a group. */
import type { PutGroupPolicyRequest } from '@aws-sdk/client-iam'
import type { IamOperation } from '../context.ts'
import { puttingInline } from '../inline-policies.ts'
import { groups } from '../policy-holders.ts'

export const putGroupPolicy: IamOperation<PutGroupPolicyRequest> = puttingInline(groups)
