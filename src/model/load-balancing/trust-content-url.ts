/** Addresses from which whoever has them can download what a trust store holds, for an hour. */
import type { Sealer } from '../../kit/sealing.ts'
import { openSealedPath, sealedPath, type SealedPathKind } from '../sealed-path.ts'

export const TRUST_CONTENT_PATH = '/trust-stores/'
const TRUST_CONTENTS: SealedPathKind = { prefix: TRUST_CONTENT_PATH, purpose: 'trust-content-url' }

export interface TrustContentAddress {
  readonly trustStoreArn: string
  /** Absent: the bundle of certificates. */
  readonly revocationId?: number
}

export const trustContentPath = (sealer: Sealer, address: TrustContentAddress, now: number): string =>
  sealedPath(sealer, TRUST_CONTENTS, address, now)

/** Undefined for what was not made here, or has expired. */
export const openTrustContentPath = (sealer: Sealer, path: string, now: number): TrustContentAddress | undefined =>
  openSealedPath(sealer, TRUST_CONTENTS, path, now)
