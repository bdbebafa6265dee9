/**
 * What is remembered of a client while it is at the identity provider: nothing here, everything in the `state` that it brings back. It is sealed
 * for the realm and bound to the browser by a cookie, so that nobody can be logged in with somebody else's answer.
 */
import { openBytes, sealBytes, Unsealable } from '../../kit/sealing.ts'
import type { Realm } from './realm.ts'

export interface LoginState {
  /** As the client named it. */
  readonly host: string
  /** Path and query string that were asked for. */
  readonly url: string
  /** What the provider is to put into the ID token. */
  readonly nonce: string
  /** Seconds since 1970. */
  readonly until: number
}

export const BROWSER_COOKIE = 'AWSALBAuthNonce'
/** 256 bits. */
export const IS_BROWSER = /^[A-Za-z0-9_-]{43}$/

/** `browser`: the value of the cookie. */
export const sealState = (realm: Realm, state: LoginState, browser: string): string => {
  const sealed = sealBytes(realm.privateKey, Buffer.from(JSON.stringify(state)), purposeOf(browser))
  return `${realm.realmId}.${sealed.toString('base64url')}`
}

export const realmIdIn = (text: string): string => text.split('.')[0] ?? ''

/** Undefined if it was made for another realm or browser, or altered. */
export const openState = (realm: Realm, text: string, browser: string): LoginState | undefined => {
  const [, sealed = ''] = text.split('.')
  try {
    const plain = openBytes(realm.privateKey, Buffer.from(sealed, 'base64url'), purposeOf(browser))
    return JSON.parse(plain.toString()) as LoginState
  } catch (error) {
    if (error instanceof Unsealable) return undefined
    throw error
  }
}

const purposeOf = (browser: string): string => `login ${browser}`
