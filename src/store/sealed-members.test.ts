import { describe, expect, it } from 'vitest'
import { SecretsWorld } from '../../test/secrets-world.ts'
import { aSealer, emptyStore } from '../../test/services-deps.ts'
import { SystemClock } from '../kit/clock.ts'
import { SystemIds } from '../kit/ids.ts'
import { accessKeyPurpose } from '../model/access-key.ts'
import { keyMaterialPurpose } from '../model/kms-records.ts'
import { bootstrap } from '../roles/bootstrap.ts'
import { replaceSealed, sealedMembers, sealedValues } from './sealed-members.ts'
import { tableDefinitions, type TableName } from './tables.ts'

const aStoreOfSecrets = async () => {
  const [store, sealer] = [await emptyStore(), aSealer()]
  const material = { keyId: 'k', materialId: 'm' }
  await store.transact((tx) => {
    tx.accessKeys.insert({
      accessKeyId: 'AKIA1',
      sealedSecret: sealer.seal(Buffer.from('secret'), accessKeyPurpose('AKIA1')),
      account: '0',
      principalArn: 'arn',
      userId: '0',
      status: 'Active',
      createdAt: 0,
    })
    const sealedMaterial = sealer.seal(Buffer.from('material'), keyMaterialPurpose(material))
    tx.kmsKeyMaterials.insert({ ...material, sealedMaterial, since: 0 })
  })
  return { store, sealer }
}

describe('sealed texts', () => {
  it('are found with what opens them, wherever they stand', async () => {
    const { store, sealer } = await aStoreOfSecrets()
    const found = [...sealedValues(store.tables)].map(({ table, key, member, sealed, purpose }) => [
      table,
      key,
      member,
      sealer.open(sealed, purpose).toString(),
    ])
    expect(found).toEqual([
      ['accessKeys', 'AKIA1', 'sealedSecret', 'secret'],
      ['kmsKeyMaterials', 'm', 'sealedMaterial', 'material'],
    ])
  })

  it('are replaced in their place', async () => {
    const { store, sealer } = await aStoreOfSecrets()
    const [first] = sealedValues(store.tables)
    await store.transact((tx) => {
      if (first) replaceSealed(tx, first, sealer.seal(Buffer.from('another'), first.purpose))
    })
    const key = store.tables.accessKeys.get('AKIA1')
    expect(key).toMatchObject({ principalArn: 'arn', status: 'Active' })
    expect(key && sealer.open(key.sealedSecret, accessKeyPurpose('AKIA1')).toString()).toBe('another')
  })

  it('have to be in the list, or it does not compile', () => {
    const { accessKeys: _forgotten, ...others } = sealedMembers
    // @ts-expect-error -- the sealed member of a table is missing
    const list: typeof sealedMembers = others
    expect(Object.keys(list)).not.toContain('accessKeys')
  })

  it('stand nowhere else in a store that is in use', async () => {
    const store = await emptyStore()
    const [clock, ids, sealer] = [new SystemClock(), new SystemIds(), aSealer()]
    await bootstrap({ store, clock, ids, sealer, account: '000000000000', region: 'us-east-1', cluster: 'default' })
    const world = await SecretsWorld.start(store)
    await world.secrets('CreateSecret', { Name: 's', SecretString: 'x', ClientRequestToken: 'a'.repeat(32) })
    await world.kms('CreateKey', {})
    const rows = (Object.keys(tableDefinitions) as TableName[]).flatMap((name) => [...store.tables[name].rows()])
    const found = [...JSON.stringify(rows).matchAll(/"(m1\.[\w-]{38,})"/g)].map(([, text]) => text)
    expect(found.length).toBeGreaterThan(4)
    expect(new Set(found)).toEqual(new Set(Array.from(sealedValues(store.tables), ({ sealed }) => sealed)))
  })
})
