/** Credentials of a user and of two sessions of a role, and who the wire takes their requests for. */
import { CredentialUse } from '../../../src/controllers/credential-use/credential-use.ts'
import { SystemIds } from '../../../src/kit/ids.ts'
import { accessKeyPurpose } from '../../../src/model/access-key.ts'
import { fixedSessionKeys, SealedSessionTokens } from '../../../src/model/session-tokens.ts'
import { authenticatorBySignature, authenticatorByTrust, StoredCredentials } from '../../../src/roles/credentials.ts'
import type { Authenticator } from '../../../src/wire/authentication.ts'
import { SignatureError } from '../../../src/wire/signature-fault.ts'
import type { SignedRequest } from '../../../src/wire/sigv4.ts'
import { sessionCaller } from '../../builders/a-principal.ts'
import { aRole, aUser } from '../../builders/a-role.ts'
import { aSealer, emptyStore } from '../../services-deps.ts'
import { type Keys, officiallySigned, type SigningOptions, type UnsignedRequest } from './official-signer.ts'

export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5)
const HOME = { account: '000000000000', region: 'us-east-1' }
export const USER: Keys = { accessKeyId: 'AKIAUSER', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }

export interface Asked {
  readonly now?: number
  readonly service?: string
}

export interface SigningWorld {
  readonly authenticator: Authenticator
  /** As in `--dev` mode. */
  readonly trusting: Authenticator
  readonly sessions: SealedSessionTokens
  readonly session: Required<Keys>
  readonly otherSession: Required<Keys>
  /** `accepted`, or what is wrong. Any other error than a refusal is a failure of the test. */
  verdict(request: SignedRequest, asked?: Asked): string
  /** `accepted`, or what the sender is told. */
  messageOf(request: SignedRequest, asked?: Asked): string
}

export const signingWorld = async (): Promise<SigningWorld> => {
  const [store, sealer] = [await emptyStore(), aSealer()]
  await store.transact((tx) => {
    tx.users.insert(aUser())
    tx.roles.insert(aRole())
    tx.accessKeys.insert({
      accessKeyId: USER.accessKeyId,
      sealedSecret: sealer.seal(Buffer.from(USER.secretAccessKey), accessKeyPurpose(USER.accessKeyId)),
      account: HOME.account,
      principalArn: aUser().arn,
      userId: aUser().userId,
      status: 'Active',
      createdAt: 0,
    })
  })
  const sessions = new SealedSessionTokens(fixedSessionKeys(), new SystemIds())
  const credentials = new StoredCredentials({ tables: store.tables, sealer, sessions })
  const authenticator = authenticatorBySignature(credentials, HOME, new CredentialUse(store))
  const newSession = (): Required<Keys> => sessions.issue(sessionCaller(aRole(), { expiresAt: NOW + 10 * 86_400_000 }))
  const refusalOf = (
    request: SignedRequest,
    { now = NOW, service = 'ecs' }: Asked = {},
  ): SignatureError | undefined => {
    try {
      authenticator.identify(request, service, now)
      return undefined
    } catch (error) {
      if (error instanceof SignatureError) return error
      throw error
    }
  }
  return {
    authenticator,
    trusting: authenticatorByTrust(credentials, HOME),
    sessions,
    session: newSession(),
    otherSession: newSession(),
    verdict: (request, asked) => refusalOf(request, asked)?.problem ?? 'accepted',
    messageOf: (request, asked) => refusalOf(request, asked)?.message ?? 'accepted',
  }
}

/** Signed by the user, now, unless told otherwise. */
export const sign = (request: UnsignedRequest = {}, options: Partial<SigningOptions> = {}): Promise<SignedRequest> =>
  officiallySigned(request, { keys: USER, at: NOW, ...options })

/** `undefined` takes the header away. */
export const withHeader = (request: SignedRequest, name: string, value: string | undefined): SignedRequest => {
  const { [name]: _before, ...headers } = request.headers
  return { ...request, headers: value === undefined ? headers : { ...headers, [name]: value } }
}

export const edited = (request: SignedRequest, name: string, edit: (value: string) => string): SignedRequest =>
  withHeader(request, name, edit(String(request.headers[name])))
