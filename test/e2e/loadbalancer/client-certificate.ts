/** A certificate for clients, which is its own authority. */
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { temporaryDirectory } from './haproxy-under-test.ts'

export const clientCertificate = (name: string): { readonly cert: string; readonly key: string } => {
  const directory = temporaryDirectory()
  const [key, cert] = [path.join(directory, 'key.pem'), path.join(directory, 'cert.pem')]
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  execFileSync('openssl', [...request, '-subj', `/O=Test, "Inc"/CN=${name}`, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  })
  const pair = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
  rmSync(directory, { recursive: true })
  return pair
}
