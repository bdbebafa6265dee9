/** AWS Identity and Access Management: who there is, and what they may do. Decisions themselves are made in `model/policy/`. */
import { sdkModel } from '../../wire/sdk-model.ts'
import type { ServiceDefinition } from '../../wire/service.ts'
import { IAM } from '../addresses.ts'
import type { ServicesDeps } from '../deps.ts'
import { performer } from '../operations.ts'
import { refuseSessionOfUser } from './callers.ts'
import type { IamOperationTable } from './context.ts'
import { identityOperations } from './identity-operations.ts'
import { missingMember } from './missing-member.ts'
import { policyOperations } from './policy-operations.ts'
import { serverCertificateOperations } from './server-certificate-operations.ts'

const operations: IamOperationTable = { ...identityOperations, ...policyOperations, ...serverCertificateOperations }

export const iamService = ({ store, guard, ids, pageTokens, sealer }: ServicesDeps): ServiceDefinition => {
  const perform = performer({ store, service: 'iam', table: operations, deps: { ids, pageTokens, sealer }, guard })
  return {
    ...IAM,
    model: () => sdkModel('@aws-sdk/client-iam'),
    faults: { invalidInput: 'ValidationError', missingMember },
    numbers: {},
    operations: new Set(Object.keys(operations)),
    call: async (operation, input, context) => {
      refuseSessionOfUser(context.principal)
      return perform(operation, input, context)
    },
  }
}
