/**
 * Requests that a web page makes a browser send. Where callers prove nothing, in `--dev` mode, any page that a developer looks at could
 * call what listens on the loopback interface: by a form or an image, which browsers send anywhere, or under a name of its own that it
 * has let point here. Browsers say whose page it is; programs say nothing of the kind.
 * https://fetch.spec.whatwg.org/#origin-header, https://w3c.github.io/webappsec-fetch-metadata/
 */
import { AccessDenied } from './access-denied.ts'
import { headerOf, type RequestHeaders } from './protocol.ts'

/** Throws `AccessDenied` unless the page is of this machine, or there is none. */
export const checkOrigin = (headers: RequestHeaders): void => {
  const origin = headerOf(headers, 'origin')
  const isForeign = origin === undefined ? headerOf(headers, 'sec-fetch-site') === 'cross-site' : !isLocal(origin)
  if (isForeign)
    throw new AccessDenied(
      'With --dev every caller is believed, but for the web pages of other sites: they are refused.',
    )
}

const LOCAL = /^(?:localhost|(?:[\w-]+\.)+localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Pages that a file or a sandbox holds are `null`. */
const isLocal = (origin: string): boolean => {
  const url = URL.parse(origin)
  return url !== null && /^https?:$/.test(url.protocol) && LOCAL.test(url.hostname)
}
