/** Each list is in its order, and so is every pair of it. */
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { compareApk } from './apk.ts'
import { compareDpkg } from './dpkg.ts'
import { comparePep440 } from './pep440.ts'
import { compareRpm } from './rpm.ts'
import { compareSemver } from './semver.ts'

const ORDERS = {
  dpkg: [
    compareDpkg,
    [
      '0~~',
      '0~',
      '0',
      '0.9~rc1-1',
      '0.9',
      '1.0~',
      '1.0',
      '1.0-0.1',
      '1.0-1',
      '1.0-1+b1',
      '1.0-1.1',
      '1.0a',
      '1.0+dfsg-1',
      '1.0.1',
      '1.2',
      '1.10',
      '1:0.1',
    ],
  ],
  rpm: [
    compareRpm,
    [
      '0.9',
      '1.0~rc1-1',
      '1.0~rc2-1',
      '1.0-1.el9',
      '1.0-2.el9',
      '1.0-10.el9',
      '1.0^git1-1',
      '1.0a-1',
      '1.0.1-1',
      '1.1-1',
      '1.10-1',
      '2.0-1',
      '1:0.1-1',
    ],
  ],
  apk: [
    compareApk,
    [
      '0.9',
      '1.0_alpha',
      '1.0_alpha2',
      '1.0_beta1',
      '1.0_pre1',
      '1.0_rc1',
      '1.0',
      '1.0-r1',
      '1.0-r10',
      '1.0_git20240101',
      '1.0_p1',
      '1.0_p1-r1',
      '1.0a',
      '1.0.1',
      '1.05',
      '1.1',
      '1.2',
      '1.10',
      '2',
    ],
  ],
  semver: [
    compareSemver,
    [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
      '1.0.1',
      '1.2.0',
      '1.10.0',
      '2.0.0',
    ],
  ],
  pep440: [
    comparePep440,
    [
      'nonsense',
      '1.0.dev456',
      '1.0a1',
      '1.0a2.dev456',
      '1.0a12.dev456',
      '1.0a12',
      '1.0b1.dev456',
      '1.0b2',
      '1.0b2.post345.dev456',
      '1.0b2.post345',
      '1.0rc1.dev456',
      '1.0rc1',
      '1.0',
      '1.0+abc.5',
      '1.0+abc.7',
      '1.0+5',
      '1.0.post456.dev34',
      '1.0.post456',
      '1.1.dev1',
      '1.10',
      '1!0.1',
    ],
  ],
} as const

describe.each(Object.entries(ORDERS))('versions of %s', (_, [compare, order]) => {
  it('are in their order', () => {
    for (const [at, version] of order.entries())
      for (const [otherAt, other] of order.entries())
        expect([version, other, Math.sign(compare(version, other))]).toEqual([version, other, Math.sign(at - otherAt)])
  })
})

describe('versions that are the same', () => {
  it.each([
    [compareDpkg, '1.0', '0:1.0-0'],
    [compareDpkg, '1.001', '1.1'],
    [compareRpm, '1.0', '1_0'],
    [compareRpm, '1.0', '1.0-3'],
    [compareRpm, '2.0.0-01', '0:2.0.0-1'],
    [compareApk, '1.0~abc', '1.0-r0'],
    [compareSemver, 'v1.0.0+build', '1.0.0'],
    [comparePep440, '1.0', 'v1.0.0'],
    [comparePep440, '1.0-1', '1.0.post1'],
    [comparePep440, '1.0c1', '1.0-RC-1'],
  ])('are equal', (compare, a, b) => {
    expect(compare(a, b)).toBe(0)
  })

  it('are what dpkg says they are', () => {
    const parts = [
      '1',
      '1.0',
      '1.0~',
      '1.0a',
      '1.0+b1',
      '1.0-1',
      '1.0-1~bpo1',
      '1:1.0',
      '1.0.0',
      '01.0',
      '1.0-1ubuntu1',
      '1..0',
      '1.0-a',
    ]
    for (const a of parts)
      for (const b of parts) {
        const relation = ['lt', 'eq', 'gt'][Math.sign(compareDpkg(a, b)) + 1] ?? ''
        const compare = () => execFileSync('/usr/bin/dpkg', ['--compare-versions', a, relation, b])
        expect(compare, `${a} ${relation} ${b}`).not.toThrow()
      }
  })
})
