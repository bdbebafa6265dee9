/** What a new installation needs before its first call: the key of page tokens, the root user's access key, the first cluster. */
import type { Clock } from '../kit/clock.ts'
import { defined } from '../kit/assert.ts'
import type { Ids } from '../kit/ids.ts'
import { readRootKey, writeRootKey } from '../kit/installation.ts'
import { clusterArn } from '../model/arn.ts'
import type { AccessKeyRecord } from '../model/records.ts'
import type { Store } from '../store/store.ts'
import type { Transaction } from '../store/tables.ts'

const PAGE_TOKEN_KEY = 'pageTokenKey'

export interface Installation {
  readonly pageTokenKey: Buffer
  readonly rootAccessKey: AccessKeyRecord
}

export interface FirstStart {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly account: string
  readonly region: string
  readonly cluster: string
}

/** Makes what is missing, once; resolves when it is durable. */
export const bootstrap = async ({ store, clock, ids, account, region, cluster }: FirstStart): Promise<Installation> =>
  store.transact((tx) => {
    const arn = clusterArn(region, account, cluster)
    if (!tx.clusters.has(arn)) {
      tx.clusters.insert({
        clusterArn: arn,
        clusterName: cluster,
        status: 'ACTIVE',
        createdAt: clock.now(),
        settings: [{ name: 'containerInsights', value: 'disabled' }],
        capacityProviders: [],
        defaultCapacityProviderStrategy: [],
        tags: [],
      })
    }
    if (!tx.settings.has(PAGE_TOKEN_KEY)) tx.settings.insert({ name: PAGE_TOKEN_KEY, value: ids.hex32() + ids.hex32() })
    return {
      pageTokenKey: Buffer.from(defined(tx.settings.get(PAGE_TOKEN_KEY), PAGE_TOKEN_KEY).value, 'hex'),
      rootAccessKey: rootAccessKey(tx, account, ids, clock),
    }
  })

const rootAccessKey = (tx: Transaction, account: string, ids: Ids, clock: Clock): AccessKeyRecord => {
  const principalArn = `arn:aws:iam::${account}:root`
  for (const key of tx.accessKeys.rows()) if (key.principalArn === principalArn) return key
  return tx.accessKeys.insert({
    accessKeyId: `AKIA${ids.hex32().slice(0, 16).toUpperCase()}`,
    secretAccessKey: Buffer.from(ids.hex32() + ids.hex32().slice(0, 28), 'hex').toString('base64url'),
    account,
    principalArn,
    userId: account,
    status: 'Active',
    createdAt: clock.now(),
  })
}

/** Leaves the root user's access key where `longshore env` and the agent of `up` find it, readable by the owner alone. */
export const keepRootKey = (dataDir: string, { accessKeyId, secretAccessKey }: AccessKeyRecord): void => {
  // A server that starts on a full disk has nothing to write.
  if (readRootKey(dataDir)?.secretAccessKey === secretAccessKey) return
  writeRootKey(dataDir, { accessKeyId, secretAccessKey })
}
