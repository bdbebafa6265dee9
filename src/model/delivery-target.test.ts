import { describe, expect, it } from 'vitest'
import { hostOfUrl, isForbiddenAddress, isLoopback, portOfUrl, targetProblem } from './delivery-target.ts'

describe('where events may be delivered to', () => {
  it.each([
    'https://collector.example.com/logs?token=t',
    'http://10.0.0.7:8080',
    'http://127.0.0.1:9',
    'http://[::1]:9/',
  ])('is %s', (url) => {
    expect(targetProblem(url)).toBeUndefined()
  })

  it.each([
    ['', 'no URL'],
    ['collector', 'no URL'],
    ['file:///etc/passwd', 'no URL'],
    [`https://example.com/${'x'.repeat(2048)}`, 'no URL'],
    ['https://ada@example.com', 'name or password'],
    ['https://example.com/#there', 'fragment'],
    ['http://169.254.170.2/v4', 'link-local'],
    ['http://0xa9fea9fe/', 'link-local'],
    ['http://2852039166/', 'link-local'],
    ['http://[::ffff:a9fe:a9fe]/', 'link-local'],
    ['http://[fd00:ec2::254]/', 'link-local'],
    ['http://[64:ff9b::a9fe:a9fe]/', 'link-local'],
    ['http://[2002:a9fe:a9fe::1]/', 'link-local'],
    ['http://255.255.255.255/', 'no address of a host'],
  ])('is not %s', (url, problem) => {
    expect(targetProblem(url)).toContain(problem)
  })

  it('is known by address and port', () => {
    expect(['127.8.0.1', '::1', '::ffff:127.0.0.1', '10.0.0.1'].map(isLoopback)).toEqual([true, true, true, false])
    expect(['224.0.0.1', '10.0.0.1', 'ff02::1', '2001:db8::1'].map(isForbiddenAddress)).toEqual([
      true,
      false,
      true,
      false,
    ])
    expect(hostOfUrl(new URL('http://[::1]:80/'))).toBe('::1')
    expect(['http://a', 'https://a', 'http://a:81'].map((url) => portOfUrl(new URL(url)))).toEqual([80, 443, 81])
  })
})
