/** CreateActivation: lets machines join with an id and a code. The code is told in this answer and never again. */
import type { CreateActivationRequest, CreateActivationResult } from '@aws-sdk/client-ssm'
import { roleArn } from '../../../model/arn.ts'
import {
  ACTIVATION_DAYS,
  ACTIVATION_DESCRIPTION_LENGTH,
  ACTIVATION_HOURS,
  ACTIVATION_REGISTRATIONS,
} from '../../../model/limits.ts'
import { newActivation } from '../../../model/managed-instance.ts'
import { checkConstraints, validation } from '../../constraints.ts'
import { findTrustingRole } from '../activation-role.ts'
import type { SsmOperation } from '../context.ts'
import { fault } from '../faults.ts'
import { tagsOf } from '../tags.ts'

const HOUR_MS = 3_600_000

export const createActivation: SsmOperation<CreateActivationRequest, CreateActivationResult> = {
  access: ({ IamRole: role = '' }, context) => [
    { resource: '*' },
    {
      action: 'iam:PassRole',
      resource: findTrustingRole(context, role)?.arn ?? roleArn(context.account, role),
      context: { 'iam:passedtoservice': ['ssm.amazonaws.com'] },
    },
  ],
  handle: (input, context) => {
    const { tx, ids, now, account, region } = context
    const { IamRole: iamRole = '', RegistrationLimit: registrationLimit = 1, Description: description } = input
    checkConstraints(input, {
      IamRole: { min: 1, max: 64 },
      RegistrationLimit: { min: 1, max: ACTIVATION_REGISTRATIONS },
      Description: { max: ACTIVATION_DESCRIPTION_LENGTH },
      DefaultInstanceName: { max: ACTIVATION_DESCRIPTION_LENGTH },
    })
    const role = findTrustingRole(context, iamRole)
    if (role === undefined)
      throw validation(`Nonexistent role or missing ssm service principal in trust policy: ${iamRole}`)
    const expiresAt = input.ExpirationDate?.getTime() ?? now + ACTIVATION_HOURS * HOUR_MS
    if (expiresAt <= now || expiresAt > now + ACTIVATION_DAYS * 24 * HOUR_MS)
      throw fault('InvalidParameters', `The expiration date must be within the next ${ACTIVATION_DAYS} days.`)
    const { record, code } = newActivation(ids, {
      account,
      region,
      iamRole: role.roleName,
      now,
      expiresAt,
      registrationLimit,
    })
    tx.activations.insert({
      ...record,
      ...(description !== undefined && { description }),
      ...(input.DefaultInstanceName !== undefined && { defaultInstanceName: input.DefaultInstanceName }),
      tags: tagsOf(input.Tags),
    })
    return { ActivationId: record.activationId, ActivationCode: code }
  },
}
