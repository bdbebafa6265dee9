/**
 * A user's session as the client keeps it, in cookies that it cannot read: HAProxy opens them by itself, so that requests of users who are
 * logged in go on without this program. Encrypted and authenticated with AES-256-GCM:
 *
 *   <nonce>.<tag>.<session>[.<renewal>]
 *
 * with the session's fields between `|`: seconds since 1970 until which it is good, and until which it may be renewed; the claims as targets
 * get them; base64url of the user's identity; the access token. The renewal is for the authenticator alone, and sealed with another key.
 */
import { openBytes, sealBytes, Unsealable } from '../../kit/sealing.ts'
import type { Realm } from './realm.ts'

export interface Session {
  readonly expiresAt: number
  /** Not after that, however often it is renewed. */
  readonly endsAt: number
  /** A signed token, see `claims-token.ts`. */
  readonly claims: string
  readonly identity: string
  readonly accessToken: string
}

/** With what a session is renewed. */
export interface Renewal {
  readonly refreshToken: string
}

export interface SessionCookie {
  readonly session: Session
  readonly renewal: Renewal | undefined
}

/** HAProxy authenticates nothing beside the content; the key is for this purpose alone. */
const NO_PURPOSE = ''
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Browsers keep 4 KiB of a cookie, its name and attributes included. */
const EACH_SHARD = /.{1,3800}/g
/** With them, the headers of a request still have room for others. */
const SHARDS = 3

/** HAProxy takes tags that are cut off, too, which could be guessed: so lengths are tested before. */
export const SESSION_PATTERN = String.raw`^[A-Za-z0-9+/]{16}\.[A-Za-z0-9+/]{22}==\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)?$`
const IS_SESSION = new RegExp(SESSION_PATTERN)

export const shardNames = (cookieName: string): readonly string[] =>
  Array.from({ length: SHARDS }, (_, index) => `${cookieName}-${index}`)

/** Values of the cookies in their order; undefined if they would be too large. */
export const sealSession = (realm: Realm, { session, renewal }: SessionCookie): readonly string[] | undefined => {
  const sealed = sealBytes(realm.sessionKey, Buffer.from(plainText(session)), NO_PURPOSE)
  const [nonce, tag] = [sealed.subarray(0, NONCE_BYTES), sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES)]
  const head = `${nonce.toString('base64')}.${tag.toString('base64')}`
  const tail = renewal && `.${sealBytes(realm.privateKey, json(renewal), head).toString('base64url')}`
  const text = `${head}.${sealed.toString('base64url', NONCE_BYTES + TAG_BYTES)}${tail ?? ''}`
  const shards = text.match(EACH_SHARD) ?? []
  return shards.length <= SHARDS ? shards : undefined
}

/** Undefined if it is none of that realm. Whether it is still good is not looked at. */
export const openSession = (realm: Realm, text: string): SessionCookie | undefined => {
  if (!IS_SESSION.test(text)) return undefined
  const [nonce = '', tag = '', content = '', renewal] = text.split('.')
  const sealed = [Buffer.from(nonce, 'base64'), Buffer.from(tag, 'base64'), Buffer.from(content, 'base64url')]
  try {
    return {
      session: parsed(openBytes(realm.sessionKey, Buffer.concat(sealed), NO_PURPOSE).toString()),
      renewal: renewal === undefined ? undefined : openRenewal(realm, renewal, `${nonce}.${tag}`),
    }
  } catch (error) {
    if (error instanceof Unsealable) return undefined
    throw error
  }
}

const openRenewal = (realm: Realm, sealed: string, head: string): Renewal =>
  JSON.parse(openBytes(realm.privateKey, Buffer.from(sealed, 'base64url'), head).toString()) as Renewal

const plainText = ({ expiresAt, endsAt, claims, identity, accessToken }: Session): string =>
  [expiresAt, endsAt, claims, Buffer.from(identity).toString('base64url'), accessToken].join('|')

const parsed = (plain: string): Session => {
  const [expiresAt = '', endsAt = '', claims = '', identity = '', ...accessToken] = plain.split('|')
  return {
    expiresAt: Number(expiresAt),
    endsAt: Number(endsAt),
    claims,
    identity: Buffer.from(identity, 'base64url').toString(),
    accessToken: accessToken.join('|'),
  }
}

const json = (value: object): Buffer => Buffer.from(JSON.stringify(value))
