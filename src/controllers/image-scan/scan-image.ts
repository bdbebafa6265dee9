/** Scans one image: its packages out of its layers, and what is known against them. */
import { type Descriptor, parseManifest } from '../../model/image-manifest.ts'
import { type Advisory, findingsOf } from '../../model/image-scan/advisory.ts'
import { type Ecosystem, ecosystemOf, isOfEcosystem } from '../../model/image-scan/ecosystem.ts'
import { type Finding, SEVERITIES } from '../../model/image-scan/finding.ts'
import type { Distribution, FoundPackage } from '../../model/image-scan/package.ts'
import { PackageFiles } from '../../model/image-scan/package-files.ts'
import { IMAGE_FINDINGS, Unscannable } from '../../model/image-scan/scan-limits.ts'
import { unpacked } from '../../model/image-scan/unpacked.ts'
import type { Blobs } from '../../store/blobs/blobs.ts'
import { advisoriesIn } from './advisory-file.ts'

export interface Contents {
  readonly packages: readonly FoundPackage[]
  readonly distribution: Distribution | undefined
}

/** Throws, to end the scan. */
export type GoOn = () => void

/** Rejects with `Unscannable`. */
export const contentsOf = async (blobs: Blobs, digest: string, goOn: GoOn): Promise<Contents> => {
  const manifest = await blobs.read(digest)
  if (manifest === undefined) throw new Unscannable('The image is gone.')
  const files = new PackageFiles()
  for (const layer of parseManifest(manifest).layers) await addLayer(files, blobs, layer, goOn)
  return { packages: files.packages(), distribution: files.distribution() }
}

const addLayer = async (files: PackageFiles, blobs: Blobs, { digest, urls }: Descriptor, goOn: GoOn): Promise<void> => {
  const reader = await blobs.open(digest)
  if (reader === undefined)
    throw new Unscannable(urls ? 'A layer is not in this registry.' : `The layer ${digest} is gone.`)
  try {
    await files.addLayer(interruptible(unpacked(reader.read()), goOn))
  } finally {
    await reader.close()
  }
}

async function* interruptible(pieces: AsyncIterable<Buffer>, goOn: GoOn): AsyncGenerator<Buffer, void, void> {
  for await (const piece of pieces) {
    goOn()
    yield piece
  }
}

export interface Comparison {
  /** The worst first, each once. */
  readonly findings: readonly Finding[]
  /** Where packages are from that no advisory of the file is about, e.g. `Debian:12`: of these nothing is known, good or bad. */
  readonly unknown: readonly string[]
}

/** Rejects with `AdvisoryFileError`. */
export const compared = async (
  { packages, distribution }: Contents,
  advisoriesFile: string,
  goOn: GoOn,
): Promise<Comparison> => {
  const findings = new Map<string, Finding>()
  const ecosystems = ecosystemsOf(packages, distribution)
  const unknown = new Set(ecosystems.keys())
  for await (const advisory of advisoriesIn(
    advisoriesFile,
    [...ecosystems.values()].map(({ name }) => name),
  )) {
    goOn()
    for (const name of unknown) if (isAbout(advisory, ecosystems.get(name))) unknown.delete(name)
    for (const finding of findingsOf(advisory, packages, distribution)) {
      const key = JSON.stringify([finding.name, finding.packageName, finding.packageVersion])
      const known = findings.get(key)
      // Several databases tell of the same: the one that knows how bad it is counts.
      if (known === undefined || known.severity === 'UNDEFINED') findings.set(key, finding)
    }
  }
  if (packages.some(({ kind }) => ecosystemOf(kind, distribution) === undefined)) unknown.add('an unnamed distribution')
  return { findings: [...findings.values()].toSorted(byWeight).slice(0, IMAGE_FINDINGS), unknown: [...unknown] }
}

/** By what they are called. */
const ecosystemsOf = (
  packages: readonly FoundPackage[],
  distribution: Distribution | undefined,
): ReadonlyMap<string, Ecosystem> => {
  const all = [...new Set(packages.map(({ kind }) => kind))].flatMap((kind) => ecosystemOf(kind, distribution) ?? [])
  return new Map(all.map((each) => [each.release === undefined ? each.name : `${each.name}:${each.release}`, each]))
}

const isAbout = ({ affected }: Advisory, ecosystem: Ecosystem | undefined): boolean =>
  ecosystem !== undefined && affected.some((each) => isOfEcosystem(each.ecosystem, ecosystem))

const byWeight = (a: Finding, b: Finding): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
  (a.cvss3 === undefined || b.cvss3 === undefined ? 0 : b.cvss3.score - a.cvss3.score) ||
  (`${a.name}/${a.packageName}` < `${b.name}/${b.packageName}` ? -1 : 1)
