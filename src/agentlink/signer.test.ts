import { describe, expect, it } from 'vitest'
import { ManualClock } from '../kit/clock.ts'
import { type SigningCredentials, signRequest } from '../model/signature-v4.ts'
import { ecsSigner } from './signer.ts'

const keyA = { accessKeyId: 'A', secretAccessKey: 'secret a' }
const keyB = { accessKeyId: 'B', secretAccessKey: 'secret b', sessionToken: 'token' }
const request = { method: 'GET', url: 'http://127.0.0.1:4566/acs/ws?a=b%20c', headers: {} } as const

describe("the agent's signer", () => {
  it('signs like the rules say, today and tomorrow, with old and new credentials', async () => {
    const clock = new ManualClock()
    let credentials: SigningCredentials = keyA
    const sign = ecsSigner({ clock, region: 'eu-west-1', credentials: () => credentials })
    for (const [next, hours] of [
      [keyA, 0],
      [keyA, 1],
      [keyB, 1],
      [keyA, 30],
      [keyA, 1],
    ] as const) {
      credentials = next
      await clock.advance(hours * 3_600_000)
      const expected = signRequest({
        method: 'GET',
        url: new URL(request.url),
        region: 'eu-west-1',
        service: 'ecs',
        credentials: next,
        now: clock.now(),
      })
      expect(sign(request)).toEqual(expected)
    }
  })
})
