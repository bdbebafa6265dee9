/**
 * The keys that log events are encrypted with at rest. Each is stored as a KMS key encrypted it, and is gone with that. A KMS key that is
 * disabled keeps clients out, and not the store, which goes on moving what it has from place to place.
 */
import type { Sealer } from '../../kit/sealing.ts'
import { parseArn } from '../../model/arn.ts'
import { decryptWith, encryptedBy } from '../../model/kms-ciphertext.ts'
import { keyMaterialPurpose, type KmsKeyRecord } from '../../model/kms-records.ts'
import { type LogDataKey, logEncryptionContext, type LogGroupRecord } from '../../model/log-records.ts'
import type { ReadTables } from '../tables.ts'

export class LogDataKeys {
  readonly #tables: ReadTables
  readonly #sealer: Sealer
  /** Decrypted ones by their ids: every batch needs one. */
  readonly #known = new Map<string, Uint8Array>()

  constructor(tables: ReadTables, sealer: Sealer) {
    this.#tables = tables
    this.#sealer = sealer
  }

  /** Undefined if the KMS key is gone. */
  bytes(group: LogGroupRecord, key: LogDataKey): Uint8Array | undefined {
    if (this.#kmsKey(key) === undefined) {
      this.#known.delete(key.dataKeyId)
      return undefined
    }
    const bytes = this.#known.get(key.dataKeyId) ?? this.#decrypted(group, key)
    if (bytes !== undefined) this.#known.set(key.dataKeyId, bytes)
    return bytes
  }

  /** Why clients may not have what is encrypted with the key; undefined if they may. */
  problem(key: LogDataKey): string | undefined {
    const state = this.#kmsKey(key)?.state
    if (state === 'Enabled') return undefined
    return `The KMS key ${key.kmsKeyArn} cannot be used: ${state === undefined ? 'it does not exist' : REASONS[state]}.`
  }

  #kmsKey({ kmsKeyArn }: LogDataKey): KmsKeyRecord | undefined {
    return this.#tables.kmsKeys.get(parseArn(kmsKeyArn)?.resource.replace(/^key\//, '') ?? '')
  }

  #decrypted(group: LogGroupRecord, { encryptedKey }: LogDataKey): Uint8Array | undefined {
    const ciphertext = Buffer.from(encryptedKey, 'base64')
    const material = this.#tables.kmsKeyMaterials.get(encryptedBy(ciphertext)?.materialId ?? '')
    if (material === undefined) return undefined
    const { keyId, materialId, sealedMaterial } = material
    const bytes = this.#sealer.open(sealedMaterial, keyMaterialPurpose(material))
    return decryptWith({ keyId, materialId, bytes }, ciphertext, logEncryptionContext(group))
  }
}

const REASONS: Readonly<Record<Exclude<KmsKeyRecord['state'], 'Enabled'>, string>> = {
  Disabled: 'it is disabled',
  PendingDeletion: 'it is pending deletion',
}
