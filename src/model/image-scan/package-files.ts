/** Files of an image that tell of its packages, layer upon layer: what a layer removes, or puts something else in the place of, is gone. */
import { type Distribution, type FoundPackage } from './package.ts'
import { apkPackages } from './packages/apk.ts'
import { dpkgPackages } from './packages/dpkg.ts'
import { npmPackages } from './packages/npm.ts'
import { pipPackages } from './packages/pip.ts'
import { rpmPackages } from './packages/rpm.ts'
import {
  IMAGE_DIRECTORIES,
  IMAGE_FILES,
  IMAGE_LAYERS,
  IMAGE_PACKAGES,
  PACKAGE_FILE_BYTES,
  PACKAGE_LIST_BYTES,
  PATH_LENGTH,
  Unscannable,
} from './scan-limits.ts'
import { readTar, type TarEntry } from './tar.ts'

type Parser = (content: Buffer, path: string) => readonly FoundPackage[]

interface Source {
  readonly matches: (path: string) => boolean
  readonly limitBytes: number
  readonly parse: Parser
}

const named = (...paths: readonly string[]): ((path: string) => boolean) => {
  const all = new Set(paths)
  return (path) => all.has(path)
}

const matching =
  (pattern: RegExp): ((path: string) => boolean) =>
  (path) =>
    pattern.test(path)

const OS_RELEASE = ['etc/os-release', 'usr/lib/os-release'] as const
/** RPM's databases in forms that only RPM itself can read. */
const OLD_RPM = /^(?:var\/lib\/rpm|usr\/lib\/sysimage\/rpm)\/Packages(?:\.db)?$/

const unreadableRpm: Parser = () => {
  throw new Unscannable("The image has RPM's database in a form that is not read: only rpmdb.sqlite is.")
}

const SOURCES: readonly Source[] = [
  { matches: named('var/lib/dpkg/status'), limitBytes: PACKAGE_LIST_BYTES, parse: dpkgPackages },
  {
    matches: matching(/^var\/lib\/dpkg\/status\.d\/(?!.*\.md5sums$)[^/]+$/),
    limitBytes: PACKAGE_FILE_BYTES,
    parse: dpkgPackages,
  },
  {
    matches: named('lib/apk/db/installed', 'usr/lib/apk/db/installed'),
    limitBytes: PACKAGE_LIST_BYTES,
    parse: apkPackages,
  },
  {
    matches: named('var/lib/rpm/rpmdb.sqlite', 'usr/lib/sysimage/rpm/rpmdb.sqlite'),
    limitBytes: PACKAGE_LIST_BYTES * 2,
    parse: rpmPackages,
  },
  { matches: matching(OLD_RPM), limitBytes: Number.POSITIVE_INFINITY, parse: unreadableRpm },
  {
    matches: matching(/(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@][^/]*\/package\.json$/),
    limitBytes: PACKAGE_FILE_BYTES,
    parse: npmPackages,
  },
  {
    matches: matching(/\.(?:dist-info\/METADATA|egg-info\/PKG-INFO|egg-info)$/),
    limitBytes: PACKAGE_FILE_BYTES,
    parse: pipPackages,
  },
  { matches: named(...OS_RELEASE), limitBytes: PACKAGE_FILE_BYTES, parse: () => [] },
]

/** What is known of a file: its packages, or what cannot be said of it. */
interface Known {
  readonly packages: readonly FoundPackage[]
  readonly text?: string
  readonly problem?: Unscannable
}

const WHITEOUT = '.wh.'
const OPAQUE = '.wh..wh..opq'

export class PackageFiles {
  readonly #known = new Map<string, Known>()
  #layers = 0

  /** The next layer, unpacked, from the lowest on. Rejects with `Unscannable`. */
  async addLayer(archive: AsyncIterable<Buffer>): Promise<void> {
    if (++this.#layers > IMAGE_LAYERS) throw new Unscannable(`The image has more than ${IMAGE_LAYERS} layers.`)
    const layer = new Layer(this.#known.keys())
    await readTar(archive, {
      wants: (entry) => layer.notice(entry),
      take: (entry, content) => layer.keep(entry, content),
    })
    for (const path of this.#known.keys()) if (layer.hides(path)) this.#known.delete(path)
    for (const [path, known] of layer.files) this.#known.set(path, known)
    const tally = new Tally()
    for (const [path, known] of this.#known) tally.add(path, known)
  }

  /** In the order of their names. Throws `Unscannable` if a list of the image cannot be read. */
  packages(): readonly FoundPackage[] {
    const all = [...this.#known.values()].flatMap(({ packages, problem }) => {
      if (problem !== undefined) throw problem
      return packages
    })
    const key = ({ kind, name, version, path }: FoundPackage): string => [kind, name, version, path].join('\n')
    return all.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
  }

  /** Undefined if the image does not say. */
  distribution(): Distribution | undefined {
    const text = OS_RELEASE.map((path) => this.#known.get(path)?.text).find((each) => each !== undefined)
    return text === undefined ? undefined : distributionOf(text)
  }
}

/** What is held in memory. */
class Tally {
  #files = 0
  #directories = 0
  #packages = 0

  /** Throws `Unscannable` if it is too much. */
  add(path: string, { packages }: Known): void {
    this.#files += 1
    this.#directories += withDirectories(path).length - 1
    this.#packages += packages.length
    if (this.#packages > IMAGE_PACKAGES) throw new Unscannable(`The image has more than ${IMAGE_PACKAGES} packages.`)
    if (this.#files > IMAGE_FILES || this.#directories > IMAGE_DIRECTORIES)
      throw new Unscannable('The image has more files that tell of packages than are looked at.')
  }
}

/** One layer while it is read. */
class Layer {
  readonly files = new Map<string, Known>()
  readonly #removed = new Set<string>()
  readonly #emptied = new Set<string>()
  /** Files of the layers below that are known, and the directories that they are in. */
  readonly #below: ReadonlySet<string>
  readonly #tally = new Tally()
  #sourceOfLast: Source | undefined

  constructor(below: Iterable<string>) {
    this.#below = new Set(Array.from(below, withDirectories).flat())
  }

  /** True if the content is wanted. */
  notice({ path, type, bytes }: TarEntry): boolean {
    const slash = path.lastIndexOf('/')
    const [directory, name] = [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)]
    // What is not known cannot go; whoever made the layer must not fill the memory with it.
    if (name === OPAQUE) this.#note(this.#emptied, directory)
    else if (name.startsWith(WHITEOUT)) this.#note(this.#removed, joined(directory, name.slice(WHITEOUT.length)))
    // Something that is no directory may be where one was.
    else if (type !== 'directory') this.#note(this.#removed, path)
    if (type !== 'file') return false
    const source = SOURCES.find(({ matches }) => matches(path))
    this.#sourceOfLast = source
    if (source === undefined) return false
    if (path.length > PATH_LENGTH) throw new Unscannable('A file that tells of packages has a name that is too long.')
    if (bytes <= source.limitBytes && Number.isFinite(source.limitBytes)) return true
    this.#put(path, unread(source, path))
    return false
  }

  keep({ path }: TarEntry, content: Buffer): void {
    const { parse } = this.#sourceOfLast ?? { parse: () => [] }
    this.#put(path, read(parse, content, path))
  }

  #note(gone: Set<string>, path: string): void {
    if (path === '' || this.#below.has(path)) gone.add(path)
  }

  #put(path: string, known: Known): void {
    this.#tally.add(path, known)
    this.files.set(path, known)
  }

  /** Whether a file of a layer below is not to be seen any more. */
  hides(path: string): boolean {
    const [, ...directories] = withDirectories(path)
    return (
      this.#emptied.has('') ||
      this.#removed.has(path) ||
      directories.some((directory) => this.#removed.has(directory) || this.#emptied.has(directory))
    )
  }
}

const joined = (directory: string, name: string): string => (directory === '' ? name : `${directory}/${name}`)

/** The path, and all directories above it. */
const withDirectories = (path: string): readonly string[] => {
  const all = [path]
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1))
    all.push(path.slice(0, slash))
  return all
}

const unread = ({ parse, limitBytes }: Source, path: string): Known =>
  Number.isFinite(limitBytes)
    ? { packages: [], problem: new Unscannable(`The file ${path.slice(0, 200)} is larger than is looked at.`) }
    : read(parse, Buffer.alloc(0), path)

const read = (parse: Parser, content: Buffer, path: string): Known => {
  const isRelease = (OS_RELEASE as readonly string[]).includes(path)
  try {
    return { packages: parse(content, path), ...(isRelease && { text: content.toString('utf8') }) }
  } catch (error) {
    // The layer above may remove it.
    if (error instanceof Unscannable) return { packages: [], problem: error }
    throw error
  }
}

/** Source: os-release(5). */
const distributionOf = (text: string): Distribution => {
  const value = (name: string): string => {
    const [, given = ''] = new RegExp(`^${name}=(.*)$`, 'm').exec(text) ?? []
    return given.trim().replaceAll(/^["']|["']$/g, '')
  }
  return { id: value('ID') || 'linux', version: value('VERSION_ID'), name: value('PRETTY_NAME') || value('NAME') }
}
