/**
 * A small image for tests, made from Debian's `busybox-static` without any registry: every command that busybox has, and a shell.
 * Its tag is a digest of its content, so that it is made once per engine.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
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

const REPOSITORY = 'longshore-test/busybox'

/**
 * Makes the image in the engine behind the socket, unless it has it, and resolves with its reference. `changes` are Dockerfile
 * instructions, e.g. `ENV COLOUR=blue`, `CMD ["sleep", "60"]`.
 */
export const buildBusyboxImage = async (
  socketPath = '/var/run/docker.sock',
  changes: readonly string[] = [],
): Promise<string> => {
  const layer = busyboxLayer()
  const instructions = ['ENV PATH=/bin', 'CMD ["sh"]', ...changes]
  const tag = createHash('sha256').update(layer).update(instructions.join('\n')).digest('hex').slice(0, 12)
  const reference = `${REPOSITORY}:${tag}`
  const present = await call(socketPath, 'GET', `/images/${reference}/json`)
  if (present.status !== 200) await importImage(socketPath, tag, instructions, layer)
  return reference
}

/** Gives an image another name, e.g. `sample:1`. */
export const tagImage = async (socketPath: string, reference: string, name: string): Promise<void> => {
  const [repo = '', tag = 'latest'] = name.split(':')
  const { status, text } = await call(
    socketPath,
    'POST',
    `/images/${reference}/tag?${new URLSearchParams({ repo, tag }).toString()}`,
  )
  if (status !== 201) throw new Error(`cannot name the image: ${text}`)
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
    if (status !== 0) throw new Error(`tar: ${stderr.toString()}`)
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

const importImage = async (
  socketPath: string,
  tag: string,
  changes: readonly string[],
  layer: Buffer,
): Promise<void> => {
  const query = new URLSearchParams({ fromSrc: '-', repo: REPOSITORY, tag })
  for (const change of changes) query.append('changes', change)
  const { text } = await call(socketPath, 'POST', `/images/create?${query.toString()}`, layer)
  if (!/"status":"sha256:[0-9a-f]{64}"/.test(text)) throw new Error(`cannot import the busybox image: ${text}`)
}

const call = (
  socketPath: string,
  method: string,
  path: string,
  body?: Buffer,
): Promise<{ readonly status: number; readonly text: string }> =>
  new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/x-tar', 'Content-Length': body?.length ?? 0 }
    const exchange = request({ socketPath, method, path, headers, agent: false }, (response) => {
      response.setEncoding('utf8')
      let text = ''
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    exchange.on('error', reject)
    exchange.end(body)
  })
