/** How it is proved to an ACME server whose a name is. https://www.rfc-editor.org/rfc/rfc8555#section-8 */
import { createHash } from 'node:crypto'
import type { AcmeChallengeRecord } from '../../../model/certificate-records.ts'
import { IssuanceFailure } from '../certificate-authority.ts'
import type { AcmeAuthorization, AcmeChallenge } from './acme-messages.ts'

/** The name as it stands in the certificate. */
export const nameOf = ({ identifier, wildcard }: AcmeAuthorization): string =>
  wildcard === true ? `*.${identifier.value}` : identifier.value

/** DNS-01 where there is a program for it; else HTTP-01, which load balancers answer, and which wildcards cannot be proved by. */
export const chosenChallenge = (authorization: AcmeAuthorization, hasDnsHook: boolean): AcmeChallenge => {
  const type = hasDnsHook ? 'dns-01' : 'http-01'
  const challenge = authorization.challenges.find((each) => each.type === type)
  if (challenge !== undefined) return checked(challenge)
  const domainName = nameOf(authorization)
  throw new IssuanceFailure(
    hasDnsHook
      ? `The ACME server does not take DNS-01 for ${domainName}.`
      : `The ACME server does not take HTTP-01 for ${domainName}; DNS-01 takes a program (--acme-dns-hook).`,
    { domainName, isFinal: authorization.wildcard === true, reason: 'ADDITIONAL_VERIFICATION_REQUIRED' },
  )
}

/** It becomes a path that load balancers answer: nothing but what RFC 8555 lets it be. */
const checked = (challenge: AcmeChallenge): AcmeChallenge => {
  if (!/^[\w-]{1,512}$/.test(challenge.token)) throw new IssuanceFailure('The ACME server gave a token that is none.')
  return challenge
}

/** The TXT record of a DNS-01 challenge. */
export const dnsRecord = ({ domainName, keyAuthorization }: AcmeChallengeRecord) => ({
  name: `_acme-challenge.${domainName}`,
  value: createHash('sha256').update(keyAuthorization).digest('base64url'),
})
