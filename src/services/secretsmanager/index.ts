/** AWS Secrets Manager: secret values in versions, encrypted under keys of KMS. */
import { sdkModel } from '../../wire/sdk-model.ts'
import type { ServiceDefinition } from '../../wire/service.ts'
import { SECRETS_MANAGER } from '../addresses.ts'
import type { ServicesDeps } from '../deps.ts'
import { performer } from '../operations.ts'
import type { SecretsOperationTable } from './context.ts'
import { batchGetSecretValue } from './operations/batch-get-secret-value.ts'
import { cancelRotateSecret } from './operations/cancel-rotate-secret.ts'
import { createSecret } from './operations/create-secret.ts'
import { deleteResourcePolicy } from './operations/delete-resource-policy.ts'
import { deleteSecret } from './operations/delete-secret.ts'
import { describeSecret } from './operations/describe-secret.ts'
import { getRandomPassword } from './operations/get-random-password.ts'
import { getResourcePolicy } from './operations/get-resource-policy.ts'
import { getSecretValue } from './operations/get-secret-value.ts'
import { listSecretVersionIds } from './operations/list-secret-version-ids.ts'
import { listSecrets } from './operations/list-secrets.ts'
import { putResourcePolicy } from './operations/put-resource-policy.ts'
import { putSecretValue } from './operations/put-secret-value.ts'
import { restoreSecret } from './operations/restore-secret.ts'
import { rotateSecret } from './operations/rotate-secret.ts'
import { tagResource } from './operations/tag-resource.ts'
import { untagResource } from './operations/untag-resource.ts'
import { updateSecretVersionStage } from './operations/update-secret-version-stage.ts'
import { updateSecret } from './operations/update-secret.ts'
import { validateResourcePolicy } from './operations/validate-resource-policy.ts'

const operations: SecretsOperationTable = {
  BatchGetSecretValue: batchGetSecretValue,
  CancelRotateSecret: cancelRotateSecret,
  CreateSecret: createSecret,
  DeleteResourcePolicy: deleteResourcePolicy,
  DeleteSecret: deleteSecret,
  DescribeSecret: describeSecret,
  GetRandomPassword: getRandomPassword,
  GetResourcePolicy: getResourcePolicy,
  GetSecretValue: getSecretValue,
  ListSecretVersionIds: listSecretVersionIds,
  ListSecrets: listSecrets,
  PutResourcePolicy: putResourcePolicy,
  PutSecretValue: putSecretValue,
  RestoreSecret: restoreSecret,
  RotateSecret: rotateSecret,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateSecretVersionStage: updateSecretVersionStage,
  UpdateSecret: updateSecret,
  ValidateResourcePolicy: validateResourcePolicy,
}

export const secretsManagerService = ({ store, guard, ids, pageTokens, sealer }: ServicesDeps): ServiceDefinition => ({
  ...SECRETS_MANAGER,
  model: () => sdkModel('@aws-sdk/client-secrets-manager'),
  faults: { invalidInput: 'ValidationException' },
  numbers: {
    'DeleteSecretRequest.RecoveryWindowInDays': 'long',
    'GetRandomPasswordRequest.PasswordLength': 'long',
    'RotationRulesType.AutomaticallyAfterDays': 'long',
  },
  operations: new Set(Object.keys(operations)),
  call: performer({
    store,
    service: 'secretsmanager',
    table: operations,
    deps: { ids, pageTokens, sealer, guard },
    guard,
  }),
})
