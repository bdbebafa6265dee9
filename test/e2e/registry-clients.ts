/** The programs that people push and pull with, unmodified, with all of their state in directories of one test file. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Resolves with what the program prints; rejects with everything it said. */
type Program = (...args: readonly string[]) => Promise<string>

export interface RegistryClients {
  /** For files of the test too. */
  readonly home: string
  run(program: string, args: readonly string[], input?: Buffer | string): Promise<string>
  readonly docker: Program
  readonly skopeo: Program
  readonly buildah: Program
  readonly podman: Program
  remove(): void
}

/** `dockerHost`: the engine that `docker` speaks to. */
export const registryClients = (dockerHost?: string): RegistryClients => {
  const home = mkdtempSync(path.join(tmpdir(), 'longshore-clients-'))
  mkdirSync(path.join(home, 'run'))
  writeFileSync(path.join(home, 'auth.json'), '{}')
  const env = {
    ...process.env,
    HOME: home,
    ...(dockerHost !== undefined && { DOCKER_HOST: dockerHost }),
    DOCKER_CONFIG: path.join(home, 'docker'),
    REGISTRY_AUTH_FILE: path.join(home, 'auth.json'),
    XDG_RUNTIME_DIR: path.join(home, 'run'),
    // Without a chroot of their own the tools want user namespaces.
    BUILDAH_ISOLATION: 'chroot',
  }
  // In memory: these tools wait for the disk several times for each layer that they unpack.
  const memory = mkdtempSync('/dev/shm/longshore-clients-')
  const storage = ['--root', path.join(memory, 'storage'), '--runroot', path.join(memory, 'run')]
  storage.push('--storage-driver', 'vfs')
  const run: RegistryClients['run'] = (program, args, input) =>
    new Promise((resolve, reject) => {
      const child = spawn(program, args, { env, cwd: home, stdio: ['pipe', 'pipe', 'pipe'] })
      let [stdout, all] = ['', '']
      child.stdout.on('data', (piece: Buffer) => {
        stdout += piece.toString()
        all += piece.toString()
      })
      child.stderr.on('data', (piece: Buffer) => (all += piece.toString()))
      child.stdin.on('error', () => {})
      child.stdin.end(input)
      child.once('error', reject)
      child.once('close', (code) =>
        code === 0 ? resolve(stdout.trim()) : reject(new Error(`${program} ${args.join(' ')}: ${code}\n${all}`)),
      )
    })
  return {
    home,
    run,
    docker: (...args) => run('docker', args),
    skopeo: (...args) => run('skopeo', args),
    buildah: (...args) => run('buildah', [...storage, ...args]),
    podman: (...args) => run('podman', [...storage, ...args]),
    remove: () => {
      for (const directory of [memory, home]) rmSync(directory, { recursive: true, force: true })
    },
  }
}
