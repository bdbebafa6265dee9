/** Cookies as they come and as they are set. Clients need TLS to get here, so all of them are `Secure`. */
import type { Clock } from '../../kit/clock.ts'
import { httpDateText } from '../../kit/timestamps.ts'
import { shardNames } from './session-cookie.ts'

/** The last of each name, as HAProxy reads them. */
export const parseCookies = (header: string): ReadonlyMap<string, string> =>
  new Map(
    header.split(/; */).flatMap((pair) => {
      const equals = pair.indexOf('=')
      return equals < 0 ? [] : [[pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()] as const]
    }),
  )

export const sessionTextIn = (cookies: ReadonlyMap<string, string>, cookieName: string): string =>
  shardNames(cookieName)
    .map((name) => cookies.get(name) ?? '')
    .join('')

// AWS: cookies end after seven days, whatever the session does.
const COOKIE_SECONDS = 604_800
const ATTRIBUTES = 'Path=/; Secure; HttpOnly'

/** Sets the session's cookies, and removes those that it does not need. */
export const sessionCookies = (cookieName: string, shards: readonly string[], clock: Clock): readonly string[] => {
  const expires = httpDateText(clock.now() + COOKIE_SECONDS * 1000)
  return shardNames(cookieName).map((name, index) => {
    const shard = shards[index]
    return shard === undefined ? removed(name) : `${name}=${shard}; Expires=${expires}; ${ATTRIBUTES}`
  })
}

/** Removes those that are there. */
export const removedCookies = (cookies: ReadonlyMap<string, string>, cookieName: string): readonly string[] =>
  shardNames(cookieName)
    .filter((name) => cookies.has(name))
    .map(removed)

export const browserCookie = (name: string, value: string): string => `${name}=${value}; ${ATTRIBUTES}`

const removed = (name: string): string => `${name}=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; ${ATTRIBUTES}`
