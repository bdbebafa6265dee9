import { describe, expect, it } from 'vitest'
import { registryImage } from './registry-home.ts'

const HOME = {
  account: '000000000000',
  region: 'us-east-1',
  endpoint: 'http://10.0.0.5:4566',
  suffix: 'localhost',
}
const DIGEST = `sha256:${'a'.repeat(64)}`

describe('the name of an image', () => {
  it.each([
    ['localhost:4566/team/web:v1', 'us-east-1', { tag: 'v1', isNamedAtAws: false }],
    ['127.0.0.1:4566/team/web', 'us-east-1', { tag: 'latest', isNamedAtAws: false }],
    ['10.0.0.5:4566/team/web:v1', 'us-east-1', { tag: 'v1', isNamedAtAws: false }],
    ['000000000000.dkr.ecr.eu-west-1.localhost:4566/team/web:v1', 'eu-west-1', { tag: 'v1', isNamedAtAws: false }],
    [
      '000000000000.dkr.ecr.us-gov-west-1.amazonaws.com/team/web:v1',
      'us-gov-west-1',
      { tag: 'v1', isNamedAtAws: true },
    ],
    [`localhost:4566/team/web:v1@${DIGEST}`, 'us-east-1', { digest: DIGEST, isNamedAtAws: false }],
  ])('%s says where in this registry it is', (image, region, rest) => {
    expect(registryImage(image, HOME)).toEqual({
      registryId: '000000000000',
      region,
      repositoryName: 'team/web',
      ...rest,
    })
  })

  it.each([
    'busybox',
    'team/web:v1',
    'localhost:5000/team/web:v1',
    'localhost/team/web:v1',
    '111111111111.dkr.ecr.us-east-1.amazonaws.com/team/web:v1',
    '000000000000.dkr.ecr.us-east-1.example.com/team/web:v1',
    '000000000000.dkr.ecr.us-east-1.amazonaws.com.example.com/team/web:v1',
  ])('%s is that of another registry’s', (image) => {
    expect(registryImage(image, HOME)).toBeUndefined()
  })
})
