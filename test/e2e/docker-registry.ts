/** Debian's docker-registry, as it comes but for where it listens, where its data lie, and that it asks for no password. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { freePort } from './loadbalancer/haproxy-under-test.ts'
import { until } from './longshore.ts'

export interface DockerRegistry {
  readonly endpoint: string
  /** No error if it was stopped. */
  stop(): Promise<void>
}

export const startDockerRegistry = async (directory: string): Promise<DockerRegistry> => {
  const port = await freePort()
  const configuration = path.join(directory, 'docker-registry.json')
  // Its language is YAML, which JSON is a part of.
  writeFileSync(
    configuration,
    JSON.stringify({
      version: 0.1,
      log: { level: 'error', accesslog: { disabled: true } },
      storage: {
        cache: { blobdescriptor: 'inmemory' },
        filesystem: { rootdirectory: path.join(directory, 'docker-registry') },
        delete: { enabled: true },
      },
      http: { addr: `127.0.0.1:${port}` },
    }),
  )
  // It tells as an error of every blob that somebody asks for in vain.
  const log = openSync(path.join(directory, 'docker-registry.log'), 'a')
  const registry = spawn('docker-registry', ['serve', configuration], { stdio: ['ignore', 'ignore', log] })
  closeSync(log)
  const endpoint = `http://127.0.0.1:${port}`
  await until('docker-registry to listen', async () => (await fetch(`${endpoint}/v2/`)).ok)
  return {
    endpoint,
    stop: async () => {
      if (registry.exitCode !== null || registry.signalCode !== null) return
      registry.kill()
      await once(registry, 'exit')
    },
  }
}
