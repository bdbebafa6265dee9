/** Trust stores and their revocation lists through the AWS SDK for JavaScript, over HTTP. */
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { paginateDescribeTrustStores } from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SystemClock } from '../../src/kit/clock.ts'
import { SystemIds } from '../../src/kit/ids.ts'
import { createAuthority } from '../../src/kit/x509.ts'
import { REVOCATION_LIST } from '../builders/a-revocation-list.ts'
import { ElbSite, faultOf } from './elbv2-site.ts'

let site: ElbSite
const S3 = { CaCertificatesBundleS3Bucket: 'trust', CaCertificatesBundleS3Key: 'clients/ca.pem' }

beforeAll(async () => {
  site = await ElbSite.open()
  const folder = path.join(site.directory, 'trust', 'clients')
  await mkdir(folder, { recursive: true })
  const other = await createAuthority({ clock: new SystemClock(), ids: new SystemIds() })
  await writeFile(path.join(folder, 'ca.pem'), site.authority.cert)
  await writeFile(path.join(folder, 'two.pem'), `two\n${site.authority.cert}\n${other.cert}`)
  await writeFile(path.join(folder, 'text.pem'), 'text')
  await writeFile(path.join(folder, 'big.pem'), 'x'.repeat(1024 * 1024 + 1))
  await writeFile(path.join(folder, 'list.pem'), REVOCATION_LIST)
  await symlink('/etc/hostname', path.join(folder, 'link'))
})
afterAll(() => site.close())

const create = async (name: string, given: object = {}) =>
  (await site.elb.createTrustStore({ Name: name, ...S3, ...given })).TrustStores?.[0] ?? {}
const read = async (arn = '') => (await site.elb.describeTrustStores({ TrustStoreArns: [arn] })).TrustStores?.[0]

describe('a trust store', () => {
  it('reads back as it was made, and gets other certificates', async () => {
    const made = await create('clients')
    expect(made).toEqual({
      Name: 'clients',
      TrustStoreArn: expect.stringMatching(/:truststore\/clients\/[0-9a-f]{16}$/),
      Status: 'ACTIVE',
      NumberOfCaCertificates: 1,
      TotalRevokedEntries: 0,
    })
    const { TrustStores: changed } = await site.elb.modifyTrustStore({
      TrustStoreArn: made.TrustStoreArn,
      ...S3,
      CaCertificatesBundleS3Key: 'clients/two.pem',
    })
    expect(changed?.[0]).toEqual({ ...made, NumberOfCaCertificates: 2 })
    const { Location: location = '' } = await site.elb.getTrustStoreCaCertificatesBundle({
      TrustStoreArn: made.TrustStoreArn,
    })
    expect(location).toContain(`${site.server.client.endpoint}/trust-stores/`)
    await site.elb.deleteTrustStore({ TrustStoreArn: made.TrustStoreArn })
    expect(await faultOf(read(made.TrustStoreArn))).toContain('TrustStoreNotFoundException')
  })

  it('has revocation lists', async () => {
    const { TrustStoreArn: arn } = await create('revoked')
    const contents = [{ S3Bucket: 'trust', S3Key: 'clients/list.pem' }]
    const { TrustStoreRevocations: added } = await site.elb.addTrustStoreRevocations({
      TrustStoreArn: arn,
      RevocationContents: contents,
    })
    const revocation = { TrustStoreArn: arn, RevocationId: 1, RevocationType: 'CRL', NumberOfRevokedEntries: 3 }
    expect(added).toEqual([revocation])
    await site.elb.addTrustStoreRevocations({ TrustStoreArn: arn, RevocationContents: contents })
    expect(await read(arn)).toMatchObject({ TotalRevokedEntries: 6 })
    const first = await site.elb.describeTrustStoreRevocations({ TrustStoreArn: arn, PageSize: 1 })
    expect(first.TrustStoreRevocations).toEqual([revocation])
    const second = await site.elb.describeTrustStoreRevocations({ TrustStoreArn: arn, Marker: first.NextMarker })
    expect(second.TrustStoreRevocations).toEqual([{ ...revocation, RevocationId: 2 }])
    const { Location: location } = await site.elb.getTrustStoreRevocationContent({
      TrustStoreArn: arn,
      RevocationId: 2,
    })
    expect(location).toContain('/trust-stores/')
    await site.elb.removeTrustStoreRevocations({ TrustStoreArn: arn, RevocationIds: [1] })
    const left = await site.elb.describeTrustStoreRevocations({ TrustStoreArn: arn })
    expect(left.TrustStoreRevocations).toHaveLength(1)
    const again = site.elb.removeTrustStoreRevocations({ TrustStoreArn: arn, RevocationIds: [1] })
    expect(await faultOf(again)).toContain("RevocationIdNotFoundException: Revocation ID '1' not found")
    await site.elb.deleteTrustStore({ TrustStoreArn: arn })
  })

  it('is not deleted while a listener verifies with it', async () => {
    const { TrustStoreArn: arn } = await create('used')
    const { ListenerArn: listenerArn, MutualAuthentication: mutual } = await site.listener({
      LoadBalancerArn: await site.loadBalancer('web'),
      Protocol: 'HTTPS',
      Port: 443,
      Certificates: [{ CertificateArn: await site.certificate('a.example.com') }],
      MutualAuthentication: { Mode: 'verify', TrustStoreArn: arn },
    })
    expect(mutual).toEqual({
      Mode: 'verify',
      TrustStoreArn: arn,
      IgnoreClientCertificateExpiry: false,
      TrustStoreAssociationStatus: 'active',
      AdvertiseTrustStoreCaNames: 'off',
    })
    const { TrustStoreAssociations: found } = await site.elb.describeTrustStoreAssociations({ TrustStoreArn: arn })
    expect(found).toEqual([{ ResourceArn: listenerArn }])
    expect(await faultOf(site.elb.deleteTrustStore({ TrustStoreArn: arn }))).toContain('TrustStoreInUseException')
    const removed = (resource: string | undefined) =>
      faultOf(site.elb.deleteSharedTrustStoreAssociation({ TrustStoreArn: arn, ResourceArn: resource }))
    expect(await removed(listenerArn)).toContain('DeleteAssociationSameAccountException')
    expect(await removed(`${listenerArn}0`)).toContain('TrustStoreAssociationNotFoundException')
    await site.elb.deleteListener({ ListenerArn: listenerArn })
    await site.elb.deleteTrustStore({ TrustStoreArn: arn })
  })

  it('is found by pages and by name', async () => {
    for (const name of ['p1', 'p2', 'p3']) await create(name)
    const names: string[] = []
    for await (const { TrustStores: page } of paginateDescribeTrustStores({ client: site.elb, pageSize: 2 }, {}))
      names.push(...(page ?? []).map(({ Name: name = '' }) => name))
    expect(new Set(names)).toEqual(new Set(['p1', 'p2', 'p3']))
    const { TrustStores: named } = await site.elb.describeTrustStores({ Names: ['p2'] })
    expect(named).toMatchObject([{ Name: 'p2' }])
  })

  it.each([
    ['whose name is taken', { Name: 'p1' }, 'DuplicateTrustStoreNameException'],
    ['whose name is none', { Name: '-a' }, "Trust store name '-a' is not valid"],
    ['of no file', { CaCertificatesBundleS3Key: 'none' }, 'CaCertificatesBundleNotFoundException'],
    [
      'of a file elsewhere',
      { CaCertificatesBundleS3Key: '../../etc/hostname' },
      'CaCertificatesBundleNotFoundException',
    ],
    ['of a bucket elsewhere', { CaCertificatesBundleS3Bucket: '..' }, 'CaCertificatesBundleNotFoundException'],
    ['behind a link', { CaCertificatesBundleS3Key: 'clients/link' }, 'CaCertificatesBundleNotFoundException'],
    ['of a folder', { CaCertificatesBundleS3Key: 'clients' }, 'CaCertificatesBundleNotFoundException'],
    ['of text', { CaCertificatesBundleS3Key: 'clients/text.pem' }, 'InvalidCaCertificatesBundleException'],
    ['of too much', { CaCertificatesBundleS3Key: 'clients/big.pem' }, 'is too large'],
    ['of a version', { CaCertificatesBundleS3ObjectVersion: 'v1' }, 'Object versions are not supported'],
  ])('%s is refused', async (_, given, expected) => {
    expect(await faultOf(create('odd', given))).toContain(expected)
  })

  it('takes no revocation lists that are none', async () => {
    const { TrustStoreArn: arn } = await create('wrong')
    const add = (...contents: object[]) =>
      faultOf(site.elb.addTrustStoreRevocations({ TrustStoreArn: arn, RevocationContents: contents }))
    expect(await add({ S3Bucket: 'trust', S3Key: 'clients/ca.pem' })).toContain('InvalidRevocationContentException')
    expect(await add({ S3Bucket: 'trust', S3Key: 'none' })).toContain('RevocationContentNotFoundException')
    expect(await add()).toContain('A revocation file must be specified')
  })
})
