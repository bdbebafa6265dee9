/**
 * A small image for tests, made from Debian's `busybox-static` without any registry: every command that busybox has, and a shell.
 * The same content has the same id, so making it again costs little.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const BUSYBOX_PLACES = ['/bin/busybox', '/usr/bin/busybox']

/** Commands whose names tests use; busybox decides by the name it is called under. */
const COMMANDS = (
  'sh ash cat dd echo env false grep head hostname httpd id ip kill ls mkdir mount nc nslookup ping printf ps pwd ' +
  'seq sleep stat sync tail test touch true wget yes'
).split(' ')

export interface BusyboxImageOptions {
  /** Dockerfile instructions, e.g. `ENV COLOUR=blue`, `CMD ["sleep", "60"]`. */
  readonly changes?: readonly string[]
}

/** Makes the image in the engine behind the socket and resolves with its id. */
export const busyboxImage = (
  socketPath: string,
  reference: string,
  options: BusyboxImageOptions = {},
): Promise<string> => {
  const [repository = reference, tag = 'latest'] = splitTag(reference)
  const changes = ['ENV PATH=/bin', 'CMD ["sh"]', ...(options.changes ?? [])]
  const query = new URLSearchParams({ fromSrc: '-', repo: repository, tag })
  for (const change of changes) query.append('changes', change)
  return importImage(socketPath, `/images/create?${query}`, busyboxLayer())
}

const splitTag = (reference: string): string[] => {
  const colon = reference.lastIndexOf(':')
  return colon > reference.lastIndexOf('/') ? [reference.slice(0, colon), reference.slice(colon + 1)] : [reference]
}

/** The root file system as a tar archive, the same bytes every time. */
export const busyboxLayer = (): Buffer => {
  const busybox = BUSYBOX_PLACES.find(existsSync)
  if (busybox === undefined) throw new Error('busybox is missing: install the Debian package busybox-static')
  const root = mkdtempSync(join(tmpdir(), 'busybox-'))
  try {
    writeRoot(root, busybox)
    const { status, stdout, stderr } = spawnSync(
      'tar',
      ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '-C', root, '-cf', '-', '.'],
      { maxBuffer: 64 * 1024 * 1024 },
    )
    if (status !== 0) throw new Error(`tar: ${stderr}`)
    return stdout
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

const writeRoot = (root: string, busybox: string): void => {
  for (const directory of ['bin', 'etc', 'tmp']) mkdirSync(join(root, directory))
  copyFileSync(busybox, join(root, 'bin/busybox'))
  for (const command of COMMANDS) symlinkSync('busybox', join(root, 'bin', command))
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n')
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n')
}

const importImage = (socketPath: string, path: string, archive: Buffer): Promise<string> =>
  new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/x-tar', 'Content-Length': archive.length }
    const call = request({ socketPath, method: 'POST', path, headers, agent: false }, (response) => {
      response.setEncoding('utf8')
      let text = ''
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => {
        const id = /"status":"(sha256:[0-9a-f]{64})"/.exec(text)?.[1]
        if (id === undefined) reject(new Error(`cannot import the busybox image: ${text}`))
        else resolve(id)
      })
    })
    call.on('error', reject)
    call.end(archive)
  })
