import { describe, expect, it } from 'vitest'
import { byTrust } from './authentication.ts'
import type { RequestHeaders } from './protocol.ts'

const HOME = { account: '000000000000', region: 'us-east-1' }

const outcomeWith = (headers: RequestHeaders): string => {
  const request = { method: 'POST', url: '/', headers, body: Buffer.alloc(0) }
  try {
    return byTrust(HOME).identify(request, 'ecs', 0).principal.arn
  } catch (error) {
    return String(error)
  }
}

const ROOT = 'arn:aws:iam::000000000000:root'

describe('where everyone is believed', () => {
  it.each<[string, RequestHeaders]>([
    ['a program', { host: '127.0.0.1:4566' }],
    ['a page of this machine', { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' }],
    ['a page at a name below localhost', { origin: 'https://console.localhost' }],
    ['a page at the address itself', { origin: 'http://127.0.0.1:4566' }],
    ['a page at the other address', { origin: 'http://[::1]:4566' }],
    ['an address that was typed', { 'sec-fetch-site': 'none' }],
  ])('%s is', (_who, headers) => {
    expect(outcomeWith(headers)).toBe(ROOT)
  })

  it.each<[string, RequestHeaders]>([
    ['a page of another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['a page whose name points here', { origin: 'http://evil.example:4566', host: 'evil.example:4566' }],
    ['a name that looks local', { origin: 'http://localhost.evil.example' }],
    ['an address that looks local', { origin: 'http://127.0.0.1.evil.example' }],
    ['a page that hides where it is from', { origin: 'null' }],
    ['an image or a link on a page of another site', { 'sec-fetch-site': 'cross-site' }],
    ['a page of several origins', { origin: ['http://localhost', 'https://evil.example'] }],
  ])('%s is not', (_who, headers) => {
    expect(outcomeWith(headers)).toContain('web pages of other sites')
  })
})
