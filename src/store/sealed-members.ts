/**
 * Where sealed texts stand in the tables, and what each is sealed for: the one list by which they are all found when the master key
 * changes. The compiler holds it complete: a member of type `Sealed` at the top of any table's record has to be named here.
 */
import type { Sealed } from '../kit/sealing.ts'
import { accessKeyPurpose } from '../model/access-key.ts'
import {
  acmeAccountKeyPurpose,
  certificateKeyPurpose,
  certificateOrderKeyPurpose,
  serverCertificateKeyPurpose,
} from '../model/certificate-records.ts'
import { keyMaterialPurpose } from '../model/kms-records.ts'
import { clientSecretPurpose } from '../model/load-balancing/records.ts'
import { sessionKeyPurpose } from '../model/session-keys.ts'
import type { TableDefinition } from './table.ts'
import { type ReadTables, tableDefinitions, type TableName, type Transaction } from './tables.ts'

type RowOf<Name extends TableName> =
  (typeof tableDefinitions)[Name] extends TableDefinition<infer Row, infer _Index, infer _Counter> ? Row : never

/** Names of a record's members that are, or may be, sealed. */
type SealedIn<Row> = { [Member in keyof Row]-?: Sealed extends Row[Member] ? Member : never }[keyof Row]

type SealedMembers = {
  readonly [Name in TableName as [SealedIn<RowOf<Name>>] extends [never] ? never : Name]: {
    readonly [Member in SealedIn<RowOf<Name>>]: (row: RowOf<Name>) => string
  }
}

/** The purpose of each sealed member, by table. */
export const sealedMembers: SealedMembers = {
  accessKeys: { sealedSecret: ({ accessKeyId }) => accessKeyPurpose(accessKeyId) },
  acmeAccounts: { sealedKey: acmeAccountKeyPurpose },
  certificateOrders: { sealedPrivateKey: certificateOrderKeyPurpose },
  certificates: { sealedPrivateKey: certificateKeyPurpose },
  installationKeys: { sealedKey: ({ name }) => name },
  kmsKeyMaterials: { sealedMaterial: keyMaterialPurpose },
  rules: { clientSecret: clientSecretPurpose },
  serverCertificates: { sealedPrivateKey: serverCertificateKeyPurpose },
  sessionKeys: { sealedKey: sessionKeyPurpose },
}

/** One sealed text in its place. */
export interface SealedValue {
  readonly table: keyof SealedMembers
  readonly key: string
  readonly member: string
  readonly sealed: Sealed
  readonly purpose: string
}

/** Every sealed text of the store. */
export function* sealedValues(tables: ReadTables): Generator<SealedValue> {
  for (const name of Object.keys(sealedMembers) as (keyof SealedMembers)[]) {
    const keyOf = tableDefinitions[name].key as (row: object) => string
    const purposes = Object.entries(sealedMembers[name]) as [string, (row: object) => string][]
    for (const row of tables[name].rows())
      for (const [member, purposeOf] of purposes) {
        const sealed = (row as unknown as Record<string, Sealed | undefined>)[member]
        if (sealed !== undefined) yield { table: name, key: keyOf(row), member, sealed, purpose: purposeOf(row) }
      }
  }
}

/** Puts a text sealed anew in the place of the one that was found. */
export const replaceSealed = (tx: Transaction, { table, key, member }: SealedValue, sealed: Sealed): void => {
  ;(tx[table] as unknown as { update(key: string, patch: object): void }).update(key, { [member]: sealed })
}
