/**
 * A sealer without chance in it, for worlds that have to go the same way with the same seed to the last byte: the real one draws a new
 * nonce each time. It hides nothing, and still opens for the right purpose alone.
 */
import { type Sealed, type Sealer, Unsealable } from '../../src/kit/sealing.ts'

export const seededSealer: Sealer = {
  seal: (plain, purpose) => {
    const content = Buffer.from(JSON.stringify([purpose, Buffer.from(plain).toString('base64')]))
    return `m1.${content.toString('base64url')}` as unknown as Sealed
  },
  open: (sealed, purpose) => {
    const content = Buffer.from((sealed as unknown as string).slice('m1.'.length), 'base64url').toString()
    const [of, plain] = JSON.parse(content) as [string, string]
    if (of !== purpose) throw new Unsealable(`It is sealed for ${of}, not for ${purpose}.`)
    return Buffer.from(plain, 'base64')
  },
}
