/** Disks for tests that fill up, turn read-only or fail while a program writes to them. Mounting takes root. */
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', stdio: 'pipe' })

export interface SmallDisk {
  /** Where it is mounted. */
  readonly directory: string
  unmount(): void
}

export interface MemoryDisk extends SmallDisk {
  resize(kibibytes: number): void
  /** Takes what space is left. */
  fill(): void
  /** Gives back what `fill` took. */
  free(): void
  /** Throws while a file is open for writing. */
  makeReadOnly(): void
  makeWritable(): void
}

/** A file system in memory, mounted over `directory`. */
export const aMemoryDisk = (directory: string, kibibytes: number): MemoryDisk => {
  const remount = (options: string): void => void run('mount', '-o', `remount,${options}`, directory)
  const filler = path.join(directory, 'filler')
  run('mount', '-t', 'tmpfs', '-o', `mode=700,size=${kibibytes}k`, 'longshore-test', directory)
  return {
    directory,
    resize: (size) => remount(`size=${size}k`),
    fill: () => {
      const { bavail, bsize } = statfsSync(directory)
      writeFileSync(filler, Buffer.alloc(bavail * bsize))
    },
    free: () => rmSync(filler),
    makeReadOnly: () => remount('ro'),
    makeWritable: () => remount('rw'),
    unmount: () => void run('umount', directory),
  }
}

export interface FailingDisk extends SmallDisk {
  /** As when the kernel finds the file system damaged: it turns read-only under whoever writes. */
  fail(): void
  /** Mounts it anew. Throws while a file of it is open. */
  repair(): void
}

const IMAGE_BYTES = 32 * 1024 * 1024

/** An ext4 file system in an image file, mounted on a directory of its own. */
export const aFailingDisk = (): FailingDisk => {
  const folder = mkdtempSync(path.join(tmpdir(), 'longshore-disk-'))
  const image = path.join(folder, 'image')
  const directory = path.join(folder, 'mounted')
  closeSync(openSync(image, 'w'))
  truncateSync(image, IMAGE_BYTES)
  run('mkfs.ext4', '-q', image)
  run('mkdir', directory)
  const mount = (): void => void run('mount', '-o', 'loop,errors=remount-ro', image, directory)
  mount()
  const device = path.basename(run('findmnt', '--noheadings', '--output', 'SOURCE', directory).trim())
  return {
    directory,
    fail: () => writeFileSync(`/sys/fs/ext4/${device}/trigger_fs_error`, 'a test'),
    repair: () => {
      run('umount', directory)
      // Exit code 1: it was damaged, and is not any more.
      run('sh', '-c', 'e2fsck -p "$1" || [ $? -eq 1 ]', 'sh', image)
      mount()
    },
    unmount: () => {
      run('umount', directory)
      rmSync(folder, { recursive: true })
    },
  }
}
