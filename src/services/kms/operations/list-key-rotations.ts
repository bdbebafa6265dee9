/** ListKeyRotations: the materials that the key came to by rotation, the latest first; the first one too if it is asked for. */
import type { ListKeyRotationsRequest, ListKeyRotationsResponse, RotationsListEntry } from '@aws-sdk/client-kms'
import { dateOf } from '../../../kit/timestamps.ts'
import type { KmsKeyMaterialRecord, KmsKeyRecord } from '../../../model/kms-records.ts'
import { checkConstraints } from '../../constraints.ts'
import { onKey } from '../access.ts'
import type { KmsOperation } from '../context.ts'
import { requireKeyById } from '../lookups.ts'
import { page } from '../page.ts'

export const listKeyRotations: KmsOperation<ListKeyRotationsRequest, ListKeyRotationsResponse> = {
  access: onKey(),
  handle: (input, context) => {
    checkConstraints(input, { IncludeKeyMaterial: { oneOf: ['ALL_KEY_MATERIAL', 'ROTATIONS_ONLY'] } })
    const key = requireKeyById(context, input.KeyId)
    const isWhole = input.IncludeKeyMaterial === 'ALL_KEY_MATERIAL'
    const materials = context.tx.kmsKeyMaterials
      .find('byKey', key.keyId)
      .filter(({ rotationType }) => isWhole || rotationType !== undefined)
    const { items, rest } = page(context, `ListKeyRotations/${key.keyId}/${isWhole}`, materials, input, latestFirst)
    return { Rotations: items.map((material) => describeRotation(key, material)), ...rest }
  },
}

const LAST_MOMENT = 1e15

const latestFirst = ({ since, materialId }: KmsKeyMaterialRecord): string =>
  `${String(LAST_MOMENT - since).padStart(16, '0')}/${materialId}`

const describeRotation = (
  key: KmsKeyRecord,
  { materialId, rotationType, since }: KmsKeyMaterialRecord,
): RotationsListEntry => ({
  KeyId: key.arn,
  KeyMaterialId: materialId,
  KeyMaterialState: materialId === key.currentMaterialId ? 'CURRENT' : 'NON_CURRENT',
  ...(rotationType !== undefined && { RotationDate: dateOf(since), RotationType: rotationType }),
})
