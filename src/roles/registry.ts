/**
 * The container registry put together: who pushes and pulls, and whether policies let them. A password of GetAuthorizationToken comes by Basic
 * authentication, or is exchanged at `/v2/token` for a Bearer token, which is the same.
 * https://distribution.github.io/distribution/spec/auth/token/
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { isoText } from '../kit/timestamps.ts'
import { openRegistryToken, REGISTRY_USER } from '../model/registry-token.ts'
import { answerJson, type RegistryCaller, type RepositoryTarget } from '../registry/exchange.ts'
import { ManifestCache } from '../registry/manifest-cache.ts'
import { RegistryFault } from '../registry/registry-fault.ts'
import { registryListener } from '../registry/registry.ts'
import { onRepositoryArn } from '../services/ecr-demands.ts'
import type { ServicesDeps } from '../services/deps.ts'
import type { Principal } from '../model/principal.ts'
import { rootArn } from '../model/arn.ts'
import { AccessDenied } from '../wire/access-denied.ts'
import { SignatureError } from '../wire/signature-fault.ts'
import { callContext } from './call-context.ts'

export interface RegistryRoleOptions extends Pick<
  ServicesDeps,
  'store' | 'blobs' | 'clock' | 'ids' | 'log' | 'guard' | 'sealer'
> {
  readonly account: string
  readonly region: string
  /** Whoever comes without a password is the root user, as elsewhere. */
  readonly isDev: boolean
}

const TOKEN_PATH = '/v2/token'
const SERVICE = 'ecr'

/** Answers everything under `/v2/`. */
export const registry = (options: RegistryRoleOptions): RequestListener => {
  const { store, blobs, clock, ids, log } = options
  const serve = registryListener({
    store,
    blobs,
    clock,
    ids,
    log,
    manifests: new ManifestCache(),
    identify: (request) => callerOf(options, request),
  })
  return (request, response) => {
    if (request.url?.split('?', 1)[0] === TOKEN_PATH) return exchangeToken(options, request, response)
    serve(request, response)
  }
}

interface Known {
  readonly principal: Principal
  readonly region: string
}

const callerOf = (options: RegistryRoleOptions, request: IncomingMessage): RegistryCaller => {
  const { account, region } = options
  const known = knownBy(options, passwordOf(request))
  if (known === undefined) throw unauthorized(request)
  const call = callContext(request, known, options)
  return { account, region, demand: (actions, repository) => check(options, request, call, actions, repository) }
}

const knownBy = (options: RegistryRoleOptions, password: string | undefined): Known | undefined => {
  const { sealer, clock, isDev, account, region } = options
  const opened = password === undefined ? undefined : openRegistryToken(sealer, password, clock.now())
  if (isDev)
    return opened ?? { principal: { arn: rootArn(account), account, userId: account, accessKeyId: '' }, region }
  return opened !== undefined && isCurrent(options, opened.principal) ? opened : undefined
}

/** A password is no better than the key that it was got with. Whose session it is, the guard looks at. */
const isCurrent = ({ store }: RegistryRoleOptions, { accessKeyId, session }: Principal): boolean =>
  session !== undefined ||
  store.tables.accessKeys.get(accessKeyId)?.status === 'Active' ||
  store.tables.managedInstances.has(accessKeyId)

/** Of Basic authentication, or the Bearer token; the same in both. */
const passwordOf = ({ headers }: IncomingMessage): string | undefined => {
  const [scheme = '', value = ''] = headers.authorization?.split(' ', 2) ?? []
  if (scheme.toLowerCase() === 'bearer') return value
  if (scheme.toLowerCase() !== 'basic') return undefined
  const [user, password] = splitOnce(Buffer.from(value, 'base64').toString(), ':')
  return user === REGISTRY_USER ? password : undefined
}

const splitOnce = (text: string, separator: string): readonly [string, string] => {
  const place = text.indexOf(separator)
  return place === -1 ? [text, ''] : [text.slice(0, place), text.slice(place + separator.length)]
}

const check = (
  { guard, store }: RegistryRoleOptions,
  request: IncomingMessage,
  call: ReturnType<typeof callContext>,
  actions: readonly string[],
  { arn, record }: RepositoryTarget,
): void => {
  if (!guard.applies(call)) return
  const demand = onRepositoryArn(arn, record)
  try {
    guard.check(
      store.tables,
      call,
      actions.map((action) => ({ ...demand, action })),
    )
  } catch (error) {
    if (error instanceof AccessDenied) throw new RegistryFault('DENIED', error.message)
    if (error instanceof SignatureError) throw unauthorized(request)
    throw error
  }
}

/** Both ways in are offered; clients take the one they know. */
const unauthorized = (request: IncomingMessage): RegistryFault => {
  const scheme = 'encrypted' in request.socket ? 'https' : 'http'
  const base = `${scheme}://${request.headers.host ?? 'localhost'}`
  return new RegistryFault('UNAUTHORIZED', 'Your authorization token is missing, is not valid, or has expired.', {
    headers: {
      'WWW-Authenticate': [
        `Bearer realm="${quoted(`${base}${TOKEN_PATH}`)}",service="${SERVICE}"`,
        `Basic realm="${quoted(`${base}/`)}",service="${SERVICE}"`,
      ],
    },
  })
}

const quoted = (text: string): string => text.replaceAll(/["\\]/g, '')

/** A token for the password; what it may do is decided where it is used, whatever `scope` is asked for. */
const exchangeToken = (options: RegistryRoleOptions, request: IncomingMessage, response: ServerResponse): void => {
  request.resume()
  const password = passwordOf(request)
  if (knownBy(options, password) === undefined) {
    const fault = unauthorized(request)
    return answerJson({ request, response }, fault.status, fault, {
      'WWW-Authenticate': `Basic realm="${SERVICE}",service="${SERVICE}"`,
    })
  }
  const token = password ?? ''
  answerJson({ request, response }, 200, { token, access_token: token, issued_at: isoText(options.clock.now()) })
}
