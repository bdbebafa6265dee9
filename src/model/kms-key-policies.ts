/**
 * The key policies that KMS writes itself.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
import { rootArn } from './arn.ts'

/** Leaves everything to the policies of the account's identities. */
export const defaultKeyPolicy = (account: string): string =>
  policyText('key-default-1', [
    {
      Sid: 'Enable IAM User Permissions',
      Effect: 'Allow',
      Principal: { AWS: rootArn(account) },
      Action: 'kms:*',
      Resource: '*',
    },
  ])

/** Of an AWS managed key: everyone in the account may use it by way of the service, and nobody otherwise. */
export const awsManagedPolicy = (service: string, region: string, account: string): string =>
  policyText(`auto-${service}-1`, [
    {
      Sid: `Allow access through ${service} for all principals in the account that are authorized to use it`,
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      Resource: '*',
      Condition: {
        StringEquals: { 'kms:CallerAccount': account, 'kms:ViaService': `${service}.${region}.amazonaws.com` },
      },
    },
    {
      Sid: 'Allow direct access to key metadata to the account',
      Effect: 'Allow',
      Principal: { AWS: rootArn(account) },
      Action: ['kms:Describe*', 'kms:Get*', 'kms:List*'],
      Resource: '*',
    },
  ])

const policyText = (id: string, statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Id: id, Statement: statements }, undefined, 2)
