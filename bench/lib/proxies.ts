/** What a balancer is compared with, and what both lead to: a plain HAProxy configured by hand, and nginx as a quick target. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { freePort } from '../../test/e2e/loadbalancer/haproxy-under-test.ts'
import { until } from '../../test/e2e/longshore.ts'
import { scratchDirectory } from './scratch.ts'

export interface Served {
  readonly port: number
  readonly processId: number
  stop(): Promise<void>
}

/** Debian's nginx with one process, which answers a few bytes to everything and keeps connections. */
export const startTarget = async (address = '127.0.0.1'): Promise<Served> => {
  const [directory, port] = [scratchDirectory(), await freePort()]
  const file = path.join(directory, 'nginx.conf')
  mkdirSync(path.join(directory, 'temp'))
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `  ${kind}_temp_path ${path.join(directory, 'temp', kind)};\n`,
  )
  writeFileSync(
    file,
    `daemon off; worker_processes 1; worker_rlimit_nofile 20000; pid ${path.join(directory, 'pid')}; error_log stderr crit;
events { worker_connections 20000; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 1h;
${folders.join('')}  server { listen ${address}:${port}; location / { return 200 "hello\\n"; } }
}
`,
  )
  return serving(
    spawn('/usr/sbin/nginx', ['-c', file, '-p', directory], { stdio: ['ignore', 'ignore', 'inherit'] }),
    port,
  )
}

export interface PlainProxyOptions {
  readonly program: string
  readonly threads: number
  readonly targetPorts: readonly number[]
  /** PEM: certificate, chain and key. Without: HTTP. */
  readonly certificate?: string
}

/** HAProxy as somebody who knows it would configure it to pass everything on, so that targets know the clients, and nothing more. */
export const startPlainProxy = async (options: PlainProxyOptions): Promise<Served> => {
  const { program, threads, targetPorts, certificate } = options
  const [directory, port] = [scratchDirectory(), await freePort()]
  const [file, pem] = [path.join(directory, 'haproxy.cfg'), path.join(directory, 'certificate.pem')]
  if (certificate !== undefined) writeFileSync(pem, certificate, { mode: 0o600 })
  const tls = certificate === undefined ? '' : ` ssl crt ${pem} ssl-min-ver TLSv1.2 alpn h2,http/1.1`
  writeFileSync(
    file,
    `global
  nbthread ${threads}
  maxconn 2000
defaults
  mode http
  option forwardfor
  timeout connect 10s
  timeout client 60s
  timeout server 60s
frontend clients
  bind 127.0.0.1:${port}${tls}
  default_backend targets
backend targets
  option httpchk
${targetPorts.map((each) => `  server target-${each} 127.0.0.1:${each} check\n`).join('')}`,
  )
  return serving(spawn(program, ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'inherit'] }), port)
}

const serving = async (child: ChildProcess, port: number): Promise<Served> => {
  const ended = once(child, 'exit')
  await until('a server to listen', async () => {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`)
    await fetch(`http://127.0.0.1:${port}/`).catch((error: Error) => {
      // Whoever speaks TLS there listens, too.
      if ((error.cause as NodeJS.ErrnoException).code === 'ECONNREFUSED') throw error
    })
    return true
  })
  return {
    port,
    processId: child.pid ?? 0,
    stop: async () => {
      child.kill()
      await ended
    },
  }
}
