/**
 * Who a key belongs to. Long-lived keys are rows; temporary ones tell everything by their token, which is good until it expires, its
 * issuer is gone, or the task that it was made for has stopped.
 */
import { createPublicKey } from 'node:crypto'
import type { CredentialUse } from '../controllers/credential-use/credential-use.ts'
import type { Sealer } from '../kit/sealing.ts'
import { accessKeyPurpose } from '../model/access-key.ts'
import { isManagedInstanceId, managedInstancePrincipal } from '../model/managed-instance.ts'
import type { Principal, SessionTokens } from '../model/principal.ts'
import type { AccessKeyRecord } from '../model/records.ts'
import { isAlive } from '../store/principal-issuers.ts'
import type { ReadTables } from '../store/tables.ts'
import { type Authenticator, bySignature, byTrust, type Home } from '../wire/authentication.ts'
import { expiredToken } from '../wire/signature-fault.ts'
import type { Credential, CredentialStore } from '../wire/sigv4.ts'

export interface CredentialsOptions {
  readonly tables: ReadTables
  readonly sealer: Sealer
  readonly sessions: SessionTokens
}

export class StoredCredentials implements CredentialStore {
  readonly #tables: ReadTables
  readonly #sealer: Sealer
  readonly #sessions: SessionTokens
  /** By row: one that changed is another. */
  readonly #unsealed = new WeakMap<AccessKeyRecord, Credential>()

  constructor({ tables, sealer, sessions }: CredentialsOptions) {
    this.#tables = tables
    this.#sealer = sealer
    this.#sessions = sessions
  }

  find(accessKeyId: string, sessionToken: string | undefined, now: number): Credential | undefined {
    if (sessionToken === undefined)
      return isManagedInstanceId(accessKeyId) ? this.#managedInstance(accessKeyId) : this.#longLived(accessKeyId)
    const opened = this.#sessions.open(accessKeyId, sessionToken)
    if (opened === undefined) return undefined
    if (opened.principal.session.expiresAt <= now) throw expiredToken()
    return isAlive(this.#tables, opened.principal) ? opened : undefined
  }

  /** Whose key it is, whether or not it may still be used. */
  whoIs(accessKeyId: string, sessionToken: string | undefined): Principal | undefined {
    if (sessionToken !== undefined) return this.#sessions.open(accessKeyId, sessionToken)?.principal
    const machine = this.#tables.managedInstances.get(accessKeyId)
    if (machine !== undefined) return managedInstancePrincipal(machine)
    const key = this.#tables.accessKeys.get(accessKeyId)
    return key && principalOf(key)
  }

  #managedInstance(instanceId: string): Credential | undefined {
    const instance = this.#tables.managedInstances.get(instanceId)
    if (instance === undefined) return undefined
    const publicKey = createPublicKey({ key: Buffer.from(instance.publicKey, 'base64'), format: 'der', type: 'spki' })
    return { publicKey, principal: managedInstancePrincipal(instance) }
  }

  #longLived(accessKeyId: string): Credential | undefined {
    const key = this.#tables.accessKeys.get(accessKeyId)
    if (key === undefined || key.status !== 'Active') return undefined
    const known = this.#unsealed.get(key)
    if (known !== undefined) return known
    const secretAccessKey = this.#sealer.open(key.sealedSecret, accessKeyPurpose(accessKeyId)).toString()
    const credential = { secretAccessKey, principal: principalOf(key) }
    this.#unsealed.set(key, credential)
    return credential
  }
}

const principalOf = ({ accessKeyId, principalArn, account, userId }: AccessKeyRecord): Principal => ({
  arn: principalArn,
  account,
  userId,
  accessKeyId,
})

/** Only who signs with a known key is someone; which keys and roles are used is noted. */
export const authenticatorBySignature = (
  credentials: StoredCredentials,
  home: Home,
  use: CredentialUse,
): Authenticator => {
  const authenticator = bySignature(credentials, home)
  return {
    ...authenticator,
    identify: (request, service, now) => {
      const caller = authenticator.identify(request, service, now)
      use.note({ ...caller, service, at: now })
      return caller
    },
  }
}

/** Who names a key that is someone's is believed to be that one, everyone else the root user. */
export const authenticatorByTrust = (credentials: StoredCredentials, home: Home): Authenticator =>
  byTrust(home, (accessKeyId, sessionToken) => credentials.whoIs(accessKeyId, sessionToken))
