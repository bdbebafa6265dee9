import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Unsealable } from '../kit/sealing.ts'
import { decryptWith, encryptedBy, encryptUnder, type KeyMaterial } from './kms-ciphertext.ts'

const material: KeyMaterial = {
  keyId: '01234567-89ab-4cde-8f01-23456789abcd',
  materialId: 'ab'.repeat(32),
  bytes: Buffer.alloc(32, 5),
}
const plain = Buffer.from('attack at dawn')
const contexts = fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), { maxKeys: 4 })
const bytes = fc.uint8Array({ maxLength: 100 })

describe('a ciphertext', () => {
  it('tells what it was encrypted with', () => {
    const { keyId, materialId } = material
    expect(encryptedBy(encryptUnder(material, plain, {}))).toEqual({ keyId, materialId })
    expect(encryptedBy(plain)).toBeUndefined()
    expect(encryptedBy(new Uint8Array())).toBeUndefined()
  })

  it('opens with the same context, in whatever order', () => {
    fc.assert(
      fc.property(bytes, contexts, (text, context) => {
        const turned = Object.fromEntries(Object.entries(context).toReversed())
        return decryptWith(material, encryptUnder(material, text, context), turned).equals(text)
      }),
    )
  })

  it('opens with no other context', () => {
    fc.assert(
      fc.property(contexts, contexts, (context, other) => {
        const isSame = JSON.stringify(sorted(context)) === JSON.stringify(sorted(other))
        fc.pre(!isSame)
        const ciphertext = encryptUnder(material, plain, context)
        expect(() => decryptWith(material, ciphertext, other)).toThrowError(Unsealable)
      }),
    )
  })

  it('does not open if any byte of it was altered or is missing', () => {
    const ciphertext = encryptUnder(material, plain, { a: 'b' })
    for (let position = 0; position < ciphertext.length; position++) {
      const altered = Buffer.from(ciphertext)
      altered[position] = (altered[position] ?? 0) ^ 1
      expect(() => decryptWith(material, altered, { a: 'b' })).toThrowError(Unsealable)
      expect(() => decryptWith(material, ciphertext.subarray(0, position), { a: 'b' })).toThrowError(Unsealable)
    }
  })

  it('does not open with another material, and is another one each time', () => {
    const ciphertext = encryptUnder(material, plain, {})
    const other = { ...material, bytes: Buffer.alloc(32, 6) }
    expect(() => decryptWith(other, ciphertext, {})).toThrowError(Unsealable)
    expect(encryptUnder(material, plain, {}).equals(ciphertext)).toBe(false)
  })
})

const sorted = (context: Readonly<Record<string, string>>): unknown =>
  Object.entries(context).toSorted(([left], [right]) => (left < right ? -1 : 1))
