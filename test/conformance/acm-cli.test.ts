/** Certificate Manager through the AWS CLI. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CertificateIssuance } from '../../src/controllers/certificate-issuance/certificate-issuance.ts'
import { acmService } from '../../src/services/acm/index.ts'
import type { ServicesDeps } from '../../src/services/deps.ts'
import { runAws } from '../aws-cli.ts'
import { aCertificatePair } from '../builders/a-certificate.ts'
import { type ServiceServer, serviceServer } from './service-server.ts'

let server: ServiceServer
let deps: ServicesDeps
let directory: string

const aws = async (...given: readonly string[]) =>
  JSON.parse((await runAws(server.client, 'acm', ...given, '--output', 'json')) || '{}') as Record<string, never>

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'longshore-acm-'))
  server = await serviceServer((given) => acmService((deps = given)))
})
afterAll(async () => {
  rmSync(directory, { recursive: true })
  await server.close()
})

it('imports, lists, gets and deletes a certificate', async () => {
  const { certificate, chain, key } = await aCertificatePair({ now: Date.now() })
  const files = Object.entries({ certificate, 'certificate-chain': chain, 'private-key': key }).flatMap(
    ([name, text]) => {
      const file = path.join(directory, name)
      writeFileSync(file, text)
      return [`--${name}`, `fileb://${file}`]
    },
  )
  const { CertificateArn: arn } = await aws('import-certificate', ...files, '--tags', 'Key=stage,Value=test')
  expect(await aws('list-certificates', '--includes', 'keyTypes=EC_prime256v1')).toMatchObject({
    CertificateSummaryList: [{ CertificateArn: arn, DomainName: 'www.example.com', Status: 'ISSUED' }],
  })
  expect(await aws('get-certificate', '--certificate-arn', String(arn))).toMatchObject({ Certificate: certificate })
  expect(await aws('list-tags-for-certificate', '--certificate-arn', String(arn))).toMatchObject({
    Tags: [{ Key: 'stage', Value: 'test' }],
  })
  await aws('delete-certificate', '--certificate-arn', String(arn))
  await expect(aws('describe-certificate', '--certificate-arn', String(arn))).rejects.toThrow(
    'ResourceNotFoundException',
  )
})

it('waits until what was requested is validated', async () => {
  const { CertificateArn: arn } = await aws(
    'request-certificate',
    '--domain-name=www.example.com',
    '--validation-method=DNS',
    '--subject-alternative-names=*.example.com',
  )
  const controller = new CertificateIssuance(deps)
  for (let round = 0; round < 3; round++) for (const key of controller.keys()) await controller.reconcile(key)
  await runAws(server.client, 'acm', 'wait', 'certificate-validated', '--certificate-arn', String(arn))
  expect(await aws('describe-certificate', '--certificate-arn', String(arn))).toMatchObject({
    Certificate: { Status: 'ISSUED', DomainValidationOptions: [{ ValidationStatus: 'SUCCESS' }, {}] },
  })
})
