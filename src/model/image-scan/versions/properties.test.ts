import fc from 'fast-check'
import { describe, it } from 'vitest'
import { compareApk } from './apk.ts'
import { compareDpkg } from './dpkg.ts'
import { comparePep440 } from './pep440.ts'
import { compareRpm } from './rpm.ts'
import { compareSemver } from './semver.ts'

const piece = fc.constantFrom(
  '0',
  '1',
  '01',
  '2',
  '10',
  '.',
  '-',
  '_',
  '~',
  '^',
  '+',
  ':',
  'a',
  'b',
  'rc',
  'dev',
  'post',
  'r1',
  'p',
)
const version = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''))

/** What has no release is the same as what has any, so that only among those with one is there an order. */
const compareReleases = (a: string, b: string): number => compareRpm(`${a}-1`, `${b}-1`)

describe.each(Object.entries({ compareApk, compareDpkg, comparePep440, compareReleases, compareSemver }))(
  '%s',
  (_, compare) => {
    const sign = (a: string, b: string): number => Math.sign(compare(a, b))

    it('is an order of whatever it is given', () => {
      fc.assert(
        fc.property(version, version, version, (a, b, c) => {
          if (sign(a, a) !== 0) return false
          if (sign(a, b) + sign(b, a) !== 0) return false
          return !(sign(a, b) <= 0 && sign(b, c) <= 0) || sign(a, c) <= 0
        }),
        { numRuns: 3000 },
      )
    })
  },
)
