/** `*.dist-info/METADATA` and `*.egg-info/PKG-INFO`. Source: the Python packaging guide, "Core metadata specifications". */
import type { FoundPackage } from '../package.ts'

export const pipPackages = (content: Buffer, path: string): readonly FoundPackage[] => {
  const [head = ''] = content.toString('utf8').split(/\r?\n\r?\n/, 1)
  const [name, version] = [field(head, 'Name'), field(head, 'Version')]
  return name === undefined || version === undefined ? [] : [{ kind: 'pypi', name: pypiName(name), version, path }]
}

const field = (head: string, name: string): string | undefined =>
  new RegExp(`^${name}:[ \\t]*(\\S+)[ \\t]*\\r?$`, 'mi').exec(head)?.[1]

/** Source: PEP 503, "Normalized Names". */
export const pypiName = (name: string): string => name.replaceAll(/[-_.]+/g, '-').toLowerCase()
