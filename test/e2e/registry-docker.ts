/** What a user does with Docker and this installation's registry: log in, build, push. With a configuration of its own. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr'

export interface RegistryDocker {
  /** Runs a command to its end and gives its output. */
  docker(...parameters: readonly string[]): string
  login(client: ECRClient, registry: string): Promise<void>
  /** Makes an image of another one and pushes it; gives its digest. */
  push(from: string, name: string, variable: string): string
  remove(): void
}

export const registryDocker = (): RegistryDocker => {
  const config = mkdtempSync(path.join(tmpdir(), 'docker-config-'))
  const docker = (input: string | undefined, ...parameters: readonly string[]): string => {
    const env = { ...process.env, DOCKER_CONFIG: config }
    const { status, stdout, stderr } = spawnSync('docker', parameters, { encoding: 'utf8', input, env })
    if (status !== 0) throw new Error(`docker ${parameters.join(' ')}: ${stderr}`)
    return stdout.trim()
  }
  return {
    docker: (...parameters) => docker(undefined, ...parameters),
    login: async (client, registry) => {
      const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}))
      const text = Buffer.from(authorizationData?.[0]?.authorizationToken ?? '', 'base64').toString()
      docker(text.slice(text.indexOf(':') + 1), 'login', '--username', 'AWS', '--password-stdin', registry)
    },
    push: (from, name, variable) => {
      docker(`FROM ${from}\nENV ${variable}\n`, 'build', '--quiet', '--tag', name, '-')
      const said = docker(undefined, 'push', name)
      return /digest: (sha256:[0-9a-f]{64})/.exec(said)?.[1] ?? ''
    },
    remove: () => rmSync(config, { recursive: true, force: true }),
  }
}
