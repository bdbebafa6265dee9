import { createDecipheriv, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { DataChannelError } from './data-channel-error.ts'
import { answersChallenge, newChallenge, SESSION_CIPHER_OVERHEAD_BYTES, SessionCipher } from './session-cipher.ts'

const dataKey = randomBytes(64)
const agent = new SessionCipher(dataKey, 'agent')
const client = new SessionCipher(dataKey, 'client')

describe('a session cipher', () => {
  it('is read by the other end, and by nobody else', () => {
    expect(client.decrypt(agent.encrypt(Buffer.from('output'))).toString()).toBe('output')
    expect(agent.decrypt(client.encrypt(Buffer.from('input'))).toString()).toBe('input')
    expect(() => agent.decrypt(agent.encrypt(Buffer.from('own')))).toThrow(DataChannelError)
    expect(() => new SessionCipher(randomBytes(64), 'client').decrypt(agent.encrypt(Buffer.from('x')))).toThrow(
      DataChannelError,
    )
  })

  it('encrypts as the agent with the first half of the key: nonce, ciphertext, tag', () => {
    const encrypted = agent.encrypt(Buffer.from('output'))
    expect(encrypted.length).toBe(6 + SESSION_CIPHER_OVERHEAD_BYTES)
    const decipher = createDecipheriv('aes-256-gcm', dataKey.subarray(0, 32), encrypted.subarray(0, 12))
    decipher.setAuthTag(encrypted.subarray(-16))
    expect(decipher.update(encrypted.subarray(12, -16)).toString() + decipher.final().toString()).toBe('output')
  })

  it('refuses what was altered, or is none', () => {
    const encrypted = agent.encrypt(Buffer.from('output'))
    encrypted[14]! ^= 1
    expect(() => client.decrypt(encrypted)).toThrow(DataChannelError)
    expect(() => client.decrypt(Buffer.alloc(27))).toThrow(DataChannelError)
    expect(() => new SessionCipher(randomBytes(32), 'agent')).toThrow(DataChannelError)
  })

  it('knows the other end by its answer to a challenge', () => {
    const challenge = newChallenge()
    const answer = client.encrypt(client.decrypt(agent.encrypt(challenge)))
    expect(answersChallenge(agent, challenge, answer)).toBe(true)
    expect(answersChallenge(agent, newChallenge(), answer)).toBe(false)
    expect(answersChallenge(agent, challenge, client.encrypt(Buffer.from('short')))).toBe(false)
  })
})
