/**
 * What a target is told of the user: the provider's claims as a token that the balancer signs.
 *
 * AWS: "User claims encoding and signature verification" in the user guide of Application Load Balancers. Its parts keep the padding of
 * base64, which other tokens have not.
 */
import { sign } from 'node:crypto'
import type { ClaimsKey } from '../../model/load-balancing/claims-key.ts'

export interface SignedClaims {
  readonly claims: Readonly<Record<string, unknown>>
  readonly issuer: string
  readonly clientId: string
  /** The load balancer's ARN. */
  readonly signer: string
  /** Seconds since 1970. */
  readonly expiresAt: number
}

export const claimsToken = (
  { keyId, privateKey }: ClaimsKey,
  { claims, issuer, clientId, signer, expiresAt }: SignedClaims,
): string => {
  const header = { typ: 'JWT', kid: keyId, alg: 'ES256', iss: issuer, client: clientId, signer, exp: expiresAt }
  const text = `${part(json(header))}.${part(json({ ...claims, exp: expiresAt, iss: issuer }))}`
  return `${text}.${part(sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }))}`
}

const json = (value: object): Buffer => Buffer.from(JSON.stringify(value))

const part = (bytes: Buffer): string => bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_')
