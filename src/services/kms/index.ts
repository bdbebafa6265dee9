/** AWS Key Management Service: symmetric keys that never leave, sealed by the master key of the installation. */
import { sdkModel } from '../../wire/sdk-model.ts'
import type { ServiceDefinition } from '../../wire/service.ts'
import { KMS } from '../addresses.ts'
import type { ServicesDeps } from '../deps.ts'
import { performer } from '../operations.ts'
import type { KmsOperationTable } from './context.ts'
import { cancelKeyDeletion } from './operations/cancel-key-deletion.ts'
import { createAlias } from './operations/create-alias.ts'
import { createGrant } from './operations/create-grant.ts'
import { createKey } from './operations/create-key.ts'
import { decrypt } from './operations/decrypt.ts'
import { deleteAlias } from './operations/delete-alias.ts'
import { describeKey } from './operations/describe-key.ts'
import { disableKeyRotation } from './operations/disable-key-rotation.ts'
import { disableKey } from './operations/disable-key.ts'
import { enableKeyRotation } from './operations/enable-key-rotation.ts'
import { enableKey } from './operations/enable-key.ts'
import { encrypt } from './operations/encrypt.ts'
import { generateDataKeyWithoutPlaintext } from './operations/generate-data-key-without-plaintext.ts'
import { generateDataKey } from './operations/generate-data-key.ts'
import { generateRandom } from './operations/generate-random.ts'
import { getKeyPolicy } from './operations/get-key-policy.ts'
import { getKeyRotationStatus } from './operations/get-key-rotation-status.ts'
import { listAliases } from './operations/list-aliases.ts'
import { listGrants } from './operations/list-grants.ts'
import { listKeyPolicies } from './operations/list-key-policies.ts'
import { listKeyRotations } from './operations/list-key-rotations.ts'
import { listKeys } from './operations/list-keys.ts'
import { listResourceTags } from './operations/list-resource-tags.ts'
import { listRetirableGrants } from './operations/list-retirable-grants.ts'
import { putKeyPolicy } from './operations/put-key-policy.ts'
import { reEncrypt } from './operations/re-encrypt.ts'
import { retireGrant } from './operations/retire-grant.ts'
import { revokeGrant } from './operations/revoke-grant.ts'
import { rotateKeyOnDemand } from './operations/rotate-key-on-demand.ts'
import { scheduleKeyDeletion } from './operations/schedule-key-deletion.ts'
import { tagResource } from './operations/tag-resource.ts'
import { untagResource } from './operations/untag-resource.ts'
import { updateAlias } from './operations/update-alias.ts'
import { updateKeyDescription } from './operations/update-key-description.ts'

const operations: KmsOperationTable = {
  CancelKeyDeletion: cancelKeyDeletion,
  CreateAlias: createAlias,
  CreateGrant: createGrant,
  CreateKey: createKey,
  Decrypt: decrypt,
  DeleteAlias: deleteAlias,
  DescribeKey: describeKey,
  DisableKeyRotation: disableKeyRotation,
  DisableKey: disableKey,
  EnableKeyRotation: enableKeyRotation,
  EnableKey: enableKey,
  Encrypt: encrypt,
  GenerateDataKeyWithoutPlaintext: generateDataKeyWithoutPlaintext,
  GenerateDataKey: generateDataKey,
  GenerateRandom: generateRandom,
  GetKeyPolicy: getKeyPolicy,
  GetKeyRotationStatus: getKeyRotationStatus,
  ListAliases: listAliases,
  ListGrants: listGrants,
  ListKeyPolicies: listKeyPolicies,
  ListKeyRotations: listKeyRotations,
  ListKeys: listKeys,
  ListResourceTags: listResourceTags,
  ListRetirableGrants: listRetirableGrants,
  PutKeyPolicy: putKeyPolicy,
  ReEncrypt: reEncrypt,
  RetireGrant: retireGrant,
  RevokeGrant: revokeGrant,
  RotateKeyOnDemand: rotateKeyOnDemand,
  ScheduleKeyDeletion: scheduleKeyDeletion,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateAlias: updateAlias,
  UpdateKeyDescription: updateKeyDescription,
}

export const kmsService = ({ store, guard, ids, pageTokens, sealer }: ServicesDeps): ServiceDefinition => ({
  ...KMS,
  model: () => sdkModel('@aws-sdk/client-kms'),
  faults: { invalidInput: 'ValidationException' },
  numbers: {},
  operations: new Set(Object.keys(operations)),
  call: performer({ store, service: 'kms', table: operations, deps: { ids, pageTokens, sealer, guard }, guard }),
})
