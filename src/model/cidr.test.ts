import { describe, expect, it } from 'vitest'
import { addressCount, cidrText, containsBlock, overlap, parseCidr } from './cidr.ts'

const block = (text: string) => parseCidr(text)!

describe('blocks of addresses', () => {
  it.each([
    ['10.0.0.0/16', '10.0.0.0/16'],
    ['100.68.0.18/18', '100.68.0.0/18'],
    ['255.255.255.255/32', '255.255.255.255/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['::/0', '::/0'],
    ['2001:DB8:0:0:1:0:0:1/128', '2001:db8::1:0:0:1/128'],
    ['2001:db8::ffff/32', '2001:db8::/32'],
    ['::ffff:1.2.3.4/128', '::ffff:102:304/128'],
  ])('%s is %s', (text, canonical) => {
    expect(cidrText(block(text))).toBe(canonical)
  })

  it.each(['', '10.0.0.0', '10.0.0/8', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/', '10.0.0.0/8/8', 'fe80::1%eth0/64'])(
    'are not written as %j',
    (text) => {
      expect(parseCidr(text)).toBeUndefined()
    },
  )

  it('contain, overlap and count', () => {
    expect(containsBlock(block('10.0.0.0/16'), block('10.0.255.0/24'))).toBe(true)
    expect(containsBlock(block('10.0.0.0/16'), block('10.1.0.0/24'))).toBe(false)
    expect(containsBlock(block('0.0.0.0/0'), block('::/128'))).toBe(false)
    expect(overlap(block('10.0.0.0/24'), block('10.0.0.128/25'))).toBe(true)
    expect(overlap(block('10.0.0.0/25'), block('10.0.0.128/25'))).toBe(false)
    expect(addressCount(block('10.0.0.0/20'))).toBe(4096)
  })
})
