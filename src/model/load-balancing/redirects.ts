/**
 * Redirects: what their parts may be, and where one leads. A part may repeat parts of the request: `#{host}` and the like.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#redirect-actions
 */
import type { RedirectActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2'
import { demand, InvalidRule } from './invalid-rule.ts'
import { REDIRECT_PART_LENGTH } from './listener-limits.ts'

/** Complete: what the request left out stays as it is. */
export interface Redirect {
  readonly Protocol: string
  readonly Host: string
  readonly Port: string
  readonly Path: string
  readonly Query: string
  readonly StatusCode: 'HTTP_301' | 'HTTP_302'
}

/** The parts of what a client asked for. */
export interface RequestedUrl {
  readonly protocol: 'HTTP' | 'HTTPS'
  /** Without a port. */
  readonly host: string
  readonly port: number
  /** With its leading slash. */
  readonly path: string
  /** Without its `?`. */
  readonly query: string
}

const SAME = { Protocol: '#{protocol}', Host: '#{host}', Port: '#{port}', Path: '/#{path}', Query: '#{query}' } as const

/** A placeholder, or the beginning of something that is none. */
export const PLACEHOLDER = /#\{([^}]*)\}?/g

/** Which parts of the request may stand in which part of the redirect. */
const PLACEHOLDERS: Readonly<Record<keyof typeof SAME, readonly string[]>> = {
  Protocol: ['protocol'],
  Host: ['host'],
  Port: ['port'],
  Path: ['host', 'path', 'port'],
  Query: ['protocol', 'host', 'port', 'path', 'query'],
}

const ALLOWED: Readonly<Record<keyof typeof SAME, RegExp>> = {
  Protocol: /^(HTTPS?|#\{protocol\})$/,
  Host: /^([A-Za-z0-9._-]|#\{host\})+$/,
  Port: /^(\d{1,5}|#\{port\})$/,
  Path: /^\/[\x21-\x7e]*$/,
  Query: /^[\x21-\x7e]*$/,
}

/** A redirect as it is stored. Throws `InvalidRule`. */
export const checkedRedirect = (
  config: RedirectActionConfig,
  listener: { readonly protocol: string; readonly port: number },
): Redirect => {
  const { StatusCode: status, ...parts } = config
  if (status !== 'HTTP_301' && status !== 'HTTP_302')
    throw new InvalidRule("The redirect status code must be one of '[HTTP_301, HTTP_302]'")
  const given = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined))
  const redirect: Redirect = { ...SAME, ...given, StatusCode: status }
  for (const part of Object.keys(SAME) as (keyof typeof SAME)[]) checkPart(part, redirect[part])
  demand(
    listener.protocol === 'HTTP' || redirect.Protocol !== 'HTTP',
    'HTTPS cannot be redirected to HTTP',
    'InvalidLoadBalancerActionException',
  )
  demand(
    !isLoop(redirect, listener),
    'The redirect configuration is not valid because it creates a loop.',
    'InvalidLoadBalancerActionException',
  )
  return redirect
}

const checkPart = (part: keyof typeof SAME, text: string): void => {
  const isRight =
    text.length <= REDIRECT_PART_LENGTH &&
    ALLOWED[part].test(text) &&
    [...text.matchAll(PLACEHOLDER)].every(
      ([whole, name = '']) => whole.endsWith('}') && PLACEHOLDERS[part].includes(name),
    )
  demand(isRight, `The redirect ${part.toLowerCase()} '${text}' is not valid`)
  demand(
    part !== 'Port' || text === SAME.Port || (Number(text) >= 1 && Number(text) <= 65_535),
    `The redirect port '${text}' must be between 1 and 65535`,
  )
}

/** Of every request, nothing but its query changes. */
const isLoop = (
  { Protocol: protocol, Host: host, Port: port, Path: path }: Redirect,
  listener: { readonly protocol: string; readonly port: number },
): boolean =>
  [SAME.Protocol, listener.protocol].includes(protocol) &&
  [SAME.Port, String(listener.port)].includes(port) &&
  host === SAME.Host &&
  path === SAME.Path

/** Where a redirect leads a request: the header `Location`. AWS: the port is always in it. */
export const redirectLocation = (redirect: Redirect, requested: RequestedUrl): string => {
  const values: Readonly<Record<string, string>> = {
    protocol: requested.protocol,
    host: requested.host,
    port: String(requested.port),
    path: requested.path.replace(/^\//, ''),
    query: requested.query,
  }
  const filled = (text: string): string => text.replace(PLACEHOLDER, (_, name: string) => values[name] ?? '')
  const query = filled(redirect.Query)
  const origin = `${filled(redirect.Protocol).toLowerCase()}://${filled(redirect.Host)}:${filled(redirect.Port)}`
  return `${origin}${filled(redirect.Path)}${query === '' ? '' : `?${query}`}`
}
