import { describe, expect, it } from 'vitest'
import { advisoryOf, findingsOf, InvalidAdvisory } from './advisory.ts'
import { cvss3Score } from './cvss.ts'
import type { FoundPackage } from './package.ts'
import { packageUrl, sbomOf } from './sbom.ts'

const debian = { id: 'debian', version: '12', name: 'Debian GNU/Linux 12' }
const libssl: FoundPackage = {
  kind: 'deb',
  name: 'libssl3',
  version: '3.0.11-1',
  architecture: 'amd64',
  source: { name: 'openssl', version: '3.0.11-1' },
  path: 'var/lib/dpkg/status',
}
const npm = (name: string, version: string): FoundPackage => ({ kind: 'npm', name, version, path: 'x' })

const anAdvisory = (ecosystem: string, name: string, affected: object, more: object = {}) =>
  advisoryOf({
    id: 'DSA-1',
    aliases: ['CVE-2024-1'],
    affected: [{ package: { ecosystem, name }, ...affected }],
    ...more,
  })

const range = (...events: readonly object[]) => ({ ranges: [{ type: 'ECOSYSTEM', events }] })

const found = (advisory: ReturnType<typeof advisoryOf>, ...packages: readonly FoundPackage[]) =>
  advisory === undefined ? [] : findingsOf(advisory, packages, debian)

describe('an advisory', () => {
  const upTo = range({ introduced: '0' }, { fixed: '3.0.11-1~deb12u2' })

  it('finds a package by what it was built from, with the version that is without fault', () => {
    const fixed = range({ introduced: '0' }, { fixed: '3.0.13-1' })
    const advisory = anAdvisory('Debian:12', 'openssl', fixed, {
      summary: 'It leaks.',
      references: [
        { type: 'WEB', url: 'https://a' },
        { type: 'ADVISORY', url: 'https://b' },
      ],
      severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N' }],
    })
    expect(found(advisory, libssl)).toEqual([
      {
        name: 'CVE-2024-1',
        severity: 'HIGH',
        description: 'It leaks.',
        uri: 'https://b',
        packageName: 'libssl3',
        packageVersion: '3.0.11-1',
        fixedVersion: '3.0.13-1',
        cvss3: { vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N', score: 7.5 },
      },
    ])
  })

  it.each([
    ['another release', 'Debian:11', 'openssl', range({ introduced: '0' })],
    ['another distribution', 'Ubuntu:12', 'openssl', range({ introduced: '0' })],
    ['the name of the binary package', 'Debian:12', 'libssl3', range({ introduced: '0' })],
    ['a version that is fixed', 'Debian:12', 'openssl', upTo],
    ['commits', 'Debian:12', 'openssl', { ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }] }],
    ['versions that come later', 'Debian:12', 'openssl', range({ introduced: '3.1' })],
  ])('is not about %s', (_, ecosystem, name, affected) => {
    expect(found(anAdvisory(ecosystem, name, affected), libssl)).toEqual([])
  })

  it('is about all releases if it names none, and about narrower ones', () => {
    expect(found(anAdvisory('Debian', 'openssl', range({ introduced: '0' })), libssl)).toHaveLength(1)
    expect(found(anAdvisory('Debian:12:LTS', 'openssl', range({ introduced: '0' })), libssl)).toHaveLength(1)
  })

  it('has ranges that begin and end more than once, and versions by themselves', () => {
    const advisory = anAdvisory('npm', 'left-pad', {
      ranges: [
        {
          type: 'SEMVER',
          events: [{ introduced: '1.0.0' }, { fixed: '1.2.0' }, { introduced: '2.0.0' }, { last_affected: '2.1.0' }],
        },
      ],
      versions: ['0.5.0'],
    })
    const hits = ['0.4.0', '0.5.0', '1.0.0-rc.1', '1.0.0', '1.1.9', '1.2.0', '2.0.0', '2.1.0', '2.1.1'].filter(
      (version) => found(advisory, npm('left-pad', version)).length > 0,
    )
    expect(hits).toEqual(['0.5.0', '1.0.0', '1.1.9', '2.0.0', '2.1.0'])
  })

  it('has its severity in words where it has no score', () => {
    const severityOf = (more: object) =>
      found(anAdvisory('npm', 'a', { versions: ['1'] }, more), npm('a', '1'))[0]?.severity
    expect(severityOf({ database_specific: { severity: 'MODERATE' } })).toBe('MEDIUM')
    expect(severityOf({ severity: [{ type: 'Ubuntu', score: 'negligible' }] })).toBe('INFORMATIONAL')
    expect(severityOf({})).toBe('UNDEFINED')
    const perPackage = anAdvisory('npm', 'a', { versions: ['1'], ecosystem_specific: { urgency: 'unimportant' } })
    expect(found(perPackage, npm('a', '1'))[0]?.severity).toBe('INFORMATIONAL')
  })

  it('is left out when it was withdrawn, and needs an id', () => {
    expect(anAdvisory('npm', 'a', {}, { withdrawn: '2024-01-01T00:00:00Z' })).toBeUndefined()
    expect(() => advisoryOf({ affected: [] })).toThrow(InvalidAdvisory)
  })
})

describe('scores of CVSS 3', () => {
  /** Source: the examples of FIRST. */
  it.each([
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8],
    ['CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H', 10],
    ['CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:N', 0],
    ['CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N', 1.6],
    ['CVSS:4.0/AV:N', undefined],
    ['CVSS:3.1/AV:X', undefined],
  ])('are those of the specification: %s', (vector, score) => {
    expect(cvss3Score(vector)).toBe(score)
  })
})

describe('a bill of materials', () => {
  it('names packages by their URLs', () => {
    expect(packageUrl(libssl, debian)).toBe('pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12')
    expect(packageUrl(npm('@scope/thing', '1.2.3'), debian)).toBe('pkg:npm/%40scope/thing@1.2.3')
    const rpm: FoundPackage = { kind: 'rpm', name: 'openssl', version: '1:3.0.7-24.el9', path: 'x' }
    expect(packageUrl(rpm, { id: 'rocky', version: '9.3', name: '' })).toBe(
      'pkg:rpm/rocky/openssl@3.0.7-24.el9?distro=rocky-9.3&epoch=1',
    )
  })

  it('is the same whenever it is made', () => {
    const make = () => sbomOf({ repositoryName: 'web', digest: 'sha256:1' }, [libssl], debian)
    expect(make().equals(make())).toBe(true)
    expect(JSON.parse(make().toString())).toMatchObject({
      bomFormat: 'CycloneDX',
      components: [{ name: 'debian' }, { name: 'libssl3' }],
    })
  })
})
