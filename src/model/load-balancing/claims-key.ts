/**
 * The key with which balancers sign what they tell targets of users (`X-Amzn-Oidc-Data`): ES256, as Application Load Balancers do. It is
 * derived from the installation's cookie key, so that every balancer signs with the same key and the control plane can tell its public half.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
 */
import { createECDH, createPrivateKey, createPublicKey, hash, hkdfSync, type KeyObject } from 'node:crypto'

export interface ClaimsKey {
  /** In the form of a UUID, as AWS's are. */
  readonly keyId: string
  readonly privateKey: KeyObject
  /** PEM, SubjectPublicKeyInfo: what AWS answers under `https://public-keys.auth.elb.<region>.amazonaws.com/<key id>`. */
  readonly publicKey: string
}

/** Of P-256, FIPS 186-4 D.1.2.3. */
const GROUP_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const SCALAR_BYTES = 32
/** 128 bits more than the order, so that every key is as likely as another. */
const SEED_BYTES = 48

export const claimsKey = (cookieKey: string): ClaimsKey => {
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(scalarOf(cookieKey))
  const point = ecdh.getPublicKey()
  const [x, y] = [point.subarray(1, 1 + SCALAR_BYTES), point.subarray(1 + SCALAR_BYTES)]
  const privateKey = createPrivateKey({
    format: 'jwk',
    key: { kty: 'EC', crv: 'P-256', d: base64url(ecdh.getPrivateKey()), x: base64url(x), y: base64url(y) },
  })
  const publicKey = createPublicKey(privateKey).export({ format: 'pem', type: 'spki' }).toString()
  return { keyId: keyIdOf(publicKey), privateKey, publicKey }
}

const scalarOf = (cookieKey: string): Buffer => {
  const seed = Buffer.from(hkdfSync('sha256', cookieKey, '', 'longshore oidc claims', SEED_BYTES))
  const scalar = (BigInt(`0x${seed.toString('hex')}`) % (GROUP_ORDER - 1n)) + 1n
  return Buffer.from(scalar.toString(16).padStart(2 * SCALAR_BYTES, '0'), 'hex')
}

/** Leading zeros belong to it: `getPrivateKey` gives them. */
const base64url = (bytes: Buffer): string => padded(bytes).toString('base64url')
const padded = (bytes: Buffer): Buffer => Buffer.concat([Buffer.alloc(Math.max(0, SCALAR_BYTES - bytes.length)), bytes])

const keyIdOf = (publicKey: string): string =>
  hash('sha256', publicKey)
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
