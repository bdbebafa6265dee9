import { describe, expect, it } from 'vitest'
import { MasterKey, openBytes, sealBytes, Unsealable } from './sealing.ts'

const key = Buffer.alloc(32, 1)
const secret = Buffer.from('wJalrXUtnFEMI')

describe('a sealed text', () => {
  it('opens for its own purpose and key, and no other', () => {
    const sealed = sealBytes(key, secret, 'accessKey/AKIA1')
    expect(openBytes(key, sealed, 'accessKey/AKIA1')).toEqual(secret)
    expect(() => openBytes(key, sealed, 'accessKey/AKIA2')).toThrowError(Unsealable)
    expect(() => openBytes(Buffer.alloc(32, 2), sealed, 'accessKey/AKIA1')).toThrowError(Unsealable)
  })

  it('does not open if any byte of it was altered or is missing', () => {
    const sealed = sealBytes(key, secret, 'p')
    for (let position = 0; position < sealed.length; position++) {
      const altered = Buffer.from(sealed)
      altered[position] = (altered[position] ?? 0) ^ 1
      expect(() => openBytes(key, altered, 'p')).toThrowError(Unsealable)
      expect(() => openBytes(key, sealed.subarray(0, position), 'p')).toThrowError(Unsealable)
    }
  })

  it('is another one each time', () => {
    expect(sealBytes(key, secret, 'p').equals(sealBytes(key, secret, 'p'))).toBe(false)
  })
})

describe('the master key', () => {
  const first = { id: 'm1', key }
  const second = { id: 'm2', key: Buffer.alloc(32, 2) }

  it('opens what the keys before it sealed, and seals with itself', () => {
    const old = new MasterKey(first).seal(secret, 'p')
    const master = new MasterKey(second, [first])
    expect(master.open(old, 'p')).toEqual(secret)
    expect(master.seal(secret, 'p')).toMatch(/^m2\.[\w-]+$/)
  })

  it('says which key is missing', () => {
    const sealed = new MasterKey(first).seal(secret, 'p')
    expect(() => new MasterKey(second).open(sealed, 'p')).toThrowError('There is no master key "m1".')
  })
})
