/** What a new installation needs before its first call: its keys, the root user's access key, the first cluster. */
import type { Clock } from '../kit/clock.ts'
import { defined } from '../kit/assert.ts'
import type { Ids } from '../kit/ids.ts'
import { readRootKey, type RootAccessKey, writeRootKey } from '../kit/installation.ts'
import { type Sealer, SEALING_KEY_BYTES } from '../kit/sealing.ts'
import { clusterArn, roleArn } from '../model/arn.ts'
import { newRoleId } from '../model/iam-ids.ts'
import { iamKey, type RoleRecord } from '../model/iam-records.ts'
import { ROLE_SESSION_SECONDS } from '../model/limits.ts'
import { accessKeyPurpose, newAccessKeyId, newSecretAccessKey } from '../model/access-key.ts'
import { newSessionKey, SessionKeyRing } from '../model/session-keys.ts'
import type { SessionKeys } from '../model/session-tokens.ts'
import type { Store } from '../store/store.ts'
import type { Transaction } from '../store/tables.ts'

const PAGE_TOKEN_KEY = 'pageTokenKey'
const CREDENTIALS_ID_KEY = 'credentialsIdKey'
const COOKIE_KEY = 'cookieKey'

/** What the control plane seals and signs with. */
export interface InstallationKeys {
  readonly pageTokenKey: Buffer
  /** What the ids are derived with under which containers ask for the credentials of their task. */
  readonly credentialsIdKey: Buffer
  /** What balancers hash the cookies with that keep clients with their targets. */
  readonly cookieKey: Buffer
  /** Seal the tokens of temporary credentials. */
  readonly sessionKeys: SessionKeys
  /** Seals what is secret in the store. */
  readonly sealer: Sealer
}

export interface Installation {
  readonly keys: InstallationKeys
  readonly rootAccessKey: RootAccessKey
}

export interface FirstStart {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly sealer: Sealer
  readonly account: string
  readonly region: string
  readonly cluster: string
  /** The root user's key as a file has it: taken if the store has none. */
  readonly keptRootKey?: RootAccessKey | undefined
}

/** Makes what is missing, once; resolves when it is durable. */
export const bootstrap = async (start: FirstStart): Promise<Installation> =>
  start.store.transact((tx) => {
    createCluster(tx, start)
    const pageTokenKey = keyOf(tx, PAGE_TOKEN_KEY, start)
    const credentialsIdKey = keyOf(tx, CREDENTIALS_ID_KEY, start)
    const cookieKey = keyOf(tx, COOKIE_KEY, start)
    createSessionKey(tx, start)
    for (const role of OWN_ROLES) createRole(tx, start, role)
    const sessionKeys = new SessionKeyRing(start.store.tables.sessionKeys, start.sealer)
    return {
      keys: { pageTokenKey, credentialsIdKey, cookieKey, sessionKeys, sealer: start.sealer },
      rootAccessKey: rootAccessKey(tx, start),
    }
  })

const createCluster = (tx: Transaction, { clock, account, region, cluster }: FirstStart): void => {
  const arn = clusterArn(region, account, cluster)
  if (tx.clusters.has(arn)) return
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

/** What a role of the installation is for. */
interface OwnRole {
  readonly roleName: string
  readonly description: string
  readonly services: readonly string[]
  readonly attachedPolicyArns: readonly string[]
  readonly inlinePolicies: RoleRecord['inlinePolicies']
}

/** The role of the machines that run containers, as AWS's guides name it. */
export const INSTANCE_ROLE = 'ecsInstanceRole'
/** The role of those that run balancers, and nobody else's: what it may do shows private keys. */
export const BALANCER_ROLE = 'longshoreBalancerRole'
/** What opening a balancer's websocket takes. */
export const BALANCER_ACTION = 'longshore:OpenBalancerSession'

const OWN_ROLES: readonly OwnRole[] = [
  {
    roleName: INSTANCE_ROLE,
    description: 'Lets container instances work for their cluster.',
    services: ['ec2.amazonaws.com', 'ssm.amazonaws.com'],
    attachedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role'],
    inlinePolicies: {},
  },
  {
    roleName: BALANCER_ROLE,
    description: 'Lets balancers serve load balancers.',
    services: ['ssm.amazonaws.com'],
    attachedPolicyArns: [],
    inlinePolicies: {
      OpenBalancerSession: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: BALANCER_ACTION, Resource: '*' }],
      }),
    },
  },
]

/** Made at the first start, and then its owner's: who deletes it does not get it back. */
const createRole = (tx: Transaction, { account, ids, clock }: FirstStart, role: OwnRole): void => {
  const { roleName, services, ...given } = role
  if (tx.settings.has(roleName)) return
  tx.settings.insert({ name: roleName, value: 'made' })
  const key = iamKey(account, roleName)
  if (tx.roles.has(key)) return
  tx.roles.insert({
    ...given,
    key,
    arn: roleArn(account, roleName),
    account,
    roleName,
    roleId: newRoleId(ids),
    path: '/',
    createdAt: clock.now(),
    assumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: services }, Action: 'sts:AssumeRole' }],
    }),
    maxSessionDurationSeconds: ROLE_SESSION_SECONDS.min,
    tags: [],
  })
}

/** The first; those after it are made in time by a controller. */
const createSessionKey = (tx: Transaction, { ids, sealer, clock }: FirstStart): void => {
  if (tx.sessionKeys.size === 0) tx.sessionKeys.insert(newSessionKey(ids, sealer, clock.now()))
}

/** A key of 32 bytes, made at the first start and kept sealed. */
const keyOf = (tx: Transaction, name: string, { ids, sealer }: FirstStart): Buffer => {
  if (!tx.installationKeys.has(name)) {
    const key = Buffer.from(ids.hex32() + ids.hex32(), 'hex').subarray(0, SEALING_KEY_BYTES)
    tx.installationKeys.insert({ name, sealedKey: sealer.seal(key, name) })
  }
  return sealer.open(defined(tx.installationKeys.get(name), name).sealedKey, name)
}

const rootAccessKey = (tx: Transaction, start: FirstStart): RootAccessKey => {
  const { account, clock, sealer } = start
  const principalArn = `arn:aws:iam::${account}:root`
  for (const { accessKeyId, sealedSecret } of tx.accessKeys.iterate('byPrincipal', principalArn))
    return { accessKeyId, secretAccessKey: sealer.open(sealedSecret, accessKeyPurpose(accessKeyId)).toString() }
  const { accessKeyId, secretAccessKey } = start.keptRootKey ?? newRootKey(start)
  tx.accessKeys.insert({
    accessKeyId,
    sealedSecret: sealer.seal(Buffer.from(secretAccessKey), accessKeyPurpose(accessKeyId)),
    account,
    principalArn,
    userId: account,
    status: 'Active',
    createdAt: clock.now(),
  })
  return { accessKeyId, secretAccessKey }
}

const newRootKey = ({ account, ids }: FirstStart): RootAccessKey => ({
  accessKeyId: newAccessKeyId('AKIA', account, ids),
  secretAccessKey: newSecretAccessKey(ids),
})

/** Leaves the root user's access key where `longshore env` and the agent of `up` find it, readable by the owner alone. */
export const keepRootKey = (dataDir: string, key: RootAccessKey): void => {
  // A server that starts on a full disk has nothing to write.
  if (readRootKey(dataDir)?.secretAccessKey !== key.secretAccessKey) writeRootKey(dataDir, key)
}
