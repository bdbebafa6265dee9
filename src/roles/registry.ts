/**
 * The container registry put together: who pushes and pulls, and whether policies let them. A password of GetAuthorizationToken comes by Basic
 * authentication, or is exchanged at `/v2/token` for a Bearer token, which is the same.
 */
import type { IncomingMessage, RequestListener } from 'node:http'
import { DAY_MS } from '../model/limits.ts'
import { LAYER_PATH } from '../model/layer-url.ts'
import { PASSWORD_WARNING_MS } from '../model/registry-limits.ts'
import { openRegistryToken, REGISTRY_USER } from '../model/registry-token.ts'
import type { RegistryCaller, RepositoryTarget } from '../registry/exchange.ts'
import { ManifestCache } from '../registry/manifest-cache.ts'
import { RegistryFault } from '../registry/registry-fault.ts'
import { registryListener } from '../registry/registry.ts'
import { Transfers } from '../registry/transfers.ts'
import { PullThrough } from '../registry/upstream/pull-through.ts'
import { upstreamCredentials } from '../services/ecr/upstream-credentials.ts'
import { onRepositoryArn } from '../services/ecr-demands.ts'
import type { ServicesDeps } from '../services/deps.ts'
import type { Principal } from '../model/principal.ts'
import { rootArn } from '../model/arn.ts'
import { AccessDenied } from '../wire/access-denied.ts'
import { checkOrigin } from '../wire/browser-origin.ts'
import { headerOf } from '../wire/protocol.ts'
import { SignatureError } from '../wire/signature-fault.ts'
import type { Home } from '../wire/authentication.ts'
import type { Audit } from '../wire/gateway.ts'
import { callContext } from './call-context.ts'
import { layerDownload } from './layer-download.ts'
import { REGISTRY_SUFFIX, registryOf } from './registry-host.ts'
import { exchangeToken, TOKEN_PATH } from './registry-token-exchange.ts'
import { leaveRegistryTrace } from './registry-trail.ts'

export interface RegistryRoleOptions extends Pick<
  ServicesDeps,
  'store' | 'blobs' | 'clock' | 'ids' | 'log' | 'guard' | 'sealer'
> {
  readonly account: string
  readonly region: string
  /** Whoever comes without a password is the root user, as elsewhere. */
  readonly isDev: boolean
  readonly audit: Audit | undefined
  /** What hosts of the shape `<account>.dkr.ecr.<region>.<suffix>` end with. */
  readonly registrySuffix?: string | undefined
}

const SERVICE = 'ecr'

export interface RegistryRole {
  /** Answers everything under `/v2/`. */
  readonly listener: RequestListener
  /** Ends what goes on without anyone waiting for it. */
  stop(): Promise<void>
}

export const registry = (options: RegistryRoleOptions): RegistryRole => {
  const { store, blobs, clock, ids, log } = options
  const upstream = new PullThrough({ ...options, credentialsOf: upstreamCredentials(options) })
  const tools = { store, blobs, clock, ids, log, manifests: new ManifestCache(), transfers: new Transfers(), upstream }
  const serve = registryListener({ ...tools, identify: (request) => callerOf(options, request) })
  const download = layerDownload(tools, options.sealer)
  const tokens = {
    passwordOf,
    expiryOf: (password: string | undefined) => knownBy(options, password)?.expiresAt,
    now: () => clock.now(),
  }
  const listener: RequestListener = (request, response) => {
    if (request.url?.startsWith(LAYER_PATH) === true) return download(request, response)
    if (request.url?.split('?', 1)[0] !== TOKEN_PATH) return serve(request, response)
    exchangeToken(tokens, request, response).catch((error: unknown) => {
      log.warn('a token was not answered', { error })
      response.destroy()
    })
  }
  return { listener, stop: () => upstream.close() }
}

interface Known {
  readonly principal: Principal
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

const callerOf = (options: RegistryRoleOptions, request: IncomingMessage): RegistryCaller => {
  const home: Home = { account: options.account, region: options.region }
  const { account, region } = registryOf(request.headers.host, options.registrySuffix ?? REGISTRY_SUFFIX, home)
  if (options.isDev) refuseForeignPages(request)
  const known = knownBy(options, passwordOf(request))
  if (known === undefined) throw unauthorized(request)
  const caller = { principal: known.principal, region }
  const call = callContext(request, caller, options)
  return {
    account,
    region,
    principal: known.principal,
    warnings: warningsOf(known, options.clock.now()),
    demand: (actions, repository) => check(options, request, call, actions, repository),
    trace: (event, error) => leaveRegistryTrace(options, request, caller, account, event, error),
  }
}

/** As elsewhere where everyone is believed: a page could push what containers run. */
const refuseForeignPages = ({ headers }: IncomingMessage): void => {
  try {
    checkOrigin(headers)
  } catch (error) {
    throw error instanceof AccessDenied ? new RegistryFault('DENIED', error.message) : error
  }
}

const warningsOf = ({ expiresAt }: Known, now: number): readonly string[] => {
  const minutes = Math.ceil((expiresAt - now) / 60_000)
  return expiresAt - now > PASSWORD_WARNING_MS ? [] : [`Your authorization token expires in ${minutes} minutes.`]
}

const knownBy = (options: RegistryRoleOptions, password: string | undefined): Known | undefined => {
  const { sealer, clock, isDev, account } = options
  const opened = password === undefined ? undefined : openRegistryToken(sealer, password, clock.now())
  if (isDev) {
    const root = { arn: rootArn(account), account, userId: account, accessKeyId: '' }
    return opened ?? { principal: root, expiresAt: clock.now() + DAY_MS }
  }
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
  const demand = onRepositoryArn(store.tables, arn, record)
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

/**
 * Both ways in are offered; clients take the one they know. Where something in front of the server speaks HTTPS, a password must not be sent
 * past it.
 */
const unauthorized = (request: IncomingMessage): RegistryFault => {
  const isSecure = 'encrypted' in request.socket || headerOf(request.headers, 'x-forwarded-proto') === 'https'
  const scheme = isSecure ? 'https' : 'http'
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
