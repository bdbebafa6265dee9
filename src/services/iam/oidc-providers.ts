/** What the operations on OpenID Connect providers share: their URLs, client ids and certificate thumbprints. */
import type { OidcProviderRecord } from '../../model/iam-records.ts'
import { CLIENT_IDS_PER_OIDC_PROVIDER, THUMBPRINTS_PER_OIDC_PROVIDER } from '../../model/limits.ts'
import type { IamContext } from './context.ts'
import { invalidInput, quotaExceeded, validationError } from './faults.ts'
import { CLIENT_ID, refuse, violations } from './rules.ts'

export const findOidcProviders = ({ tx, account }: IamContext): OidcProviderRecord[] =>
  [...tx.oidcProviders.rows()].filter((provider) => provider.account === account)

const SCHEME = 'https://'
const INVALID_URL = 'Invalid Open ID Connect Provider URL'
const HOST = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i

/**
 * The issuer's URL as it is stored, without its scheme. AWS takes no port; an issuer of one's own network may have one, so it is taken
 * here.
 */
export const checkedUrl = (url: string): string => {
  const parsed = URL.parse(url)
  if (parsed === null) throw validationError(INVALID_URL)
  if (!url.startsWith(SCHEME)) throw invalidInput(`${INVALID_URL}. The URL must begin with ${SCHEME}.`)
  const isPlain = parsed.username === '' && parsed.password === '' && !/[?#@\s]/.test(url)
  if (!isPlain || !HOST.test(parsed.hostname)) throw invalidInput(`${INVALID_URL}.`)
  return url.slice(SCHEME.length)
}

/** Each id once, in the order given. */
export const checkedClientIds = (clientIds: readonly string[]): readonly string[] => {
  refuse(clientIds.flatMap((clientId) => violations('clientID', CLIENT_ID, clientId)))
  const distinct = [...new Set(clientIds)]
  if (distinct.length > CLIENT_IDS_PER_OIDC_PROVIDER)
    throw quotaExceeded('ClientIdsPerOpenIdConnectProvider', CLIENT_IDS_PER_OIDC_PROVIDER)
  return distinct
}

const THUMBPRINT_LENGTH = 40

/** SHA-1 fingerprints of certificates that the issuer's may hang on. */
export const checkedThumbprints = (thumbprints: readonly string[]): readonly string[] => {
  if (thumbprints.some((thumbprint) => thumbprint.length !== THUMBPRINT_LENGTH))
    throw invalidInput(`Thumbprint must be exactly ${THUMBPRINT_LENGTH} characters.`)
  // AWS: says fewer, and takes as many.
  if (thumbprints.length > THUMBPRINTS_PER_OIDC_PROVIDER)
    throw invalidInput(`Thumbprint list must contain fewer than ${THUMBPRINTS_PER_OIDC_PROVIDER} entries.`)
  return thumbprints.map((thumbprint) => thumbprint.toLowerCase())
}
