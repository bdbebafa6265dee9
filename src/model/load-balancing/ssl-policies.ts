/**
 * The security policies of HTTPS and TLS listeners: which versions of TLS and which ciphers each allows, in order of preference.
 *
 * Policies with `PQ` in their name have the ciphers of those without; their key exchange is hybrid where the balancer's OpenSSL has ML-KEM.
 * Policies for RFC 9151 are not here.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
 */

type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'

export interface SecurityPolicy {
  readonly name: string
  /** The lowest first, without gaps. */
  readonly protocols: readonly TlsVersion[]
  /** As OpenSSL names them; those of TLS 1.3 begin with `TLS_` and come first. */
  readonly ciphers: readonly string[]
}

/** AWS: of listeners that are made without one, by whatever but the console. */
export const DEFAULT_SSL_POLICY = 'ELBSecurityPolicy-2016-08'

const VERSIONS: readonly TlsVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']

const versions = (from: TlsVersion, to: TlsVersion): readonly TlsVersion[] =>
  VERSIONS.slice(VERSIONS.indexOf(from), VERSIONS.indexOf(to) + 1)

const TLS13_FIPS = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384']
const TLS13 = [...TLS13_FIPS, 'TLS_CHACHA20_POLY1305_SHA256']

/** Of ciphers with ephemeral keys, both for ECDSA and for RSA certificates. */
const ephemeral = (...suites: readonly string[]): readonly string[] =>
  suites.flatMap((suite) => [`ECDHE-ECDSA-${suite}`, `ECDHE-RSA-${suite}`])

/** Authenticated encryption alone. */
const RESTRICTED = ephemeral('AES128-GCM-SHA256', 'AES256-GCM-SHA384')
const STRONG = ephemeral('AES128-GCM-SHA256', 'AES128-SHA256', 'AES256-GCM-SHA384', 'AES256-SHA384')
const FORWARD_SECRET = [
  ...ephemeral('AES128-GCM-SHA256', 'AES128-SHA256', 'AES128-SHA', 'AES256-GCM-SHA384', 'AES256-SHA384'),
  'ECDHE-RSA-AES256-SHA',
  'ECDHE-ECDSA-AES256-SHA',
]
const RSA_STRONG = ['AES128-GCM-SHA256', 'AES128-SHA256', 'AES256-GCM-SHA384', 'AES256-SHA256']
const RSA = ['AES128-GCM-SHA256', 'AES128-SHA256', 'AES128-SHA', 'AES256-GCM-SHA384', 'AES256-SHA256', 'AES256-SHA']

const ALL = [...FORWARD_SECRET, ...RSA]
const TLS12 = versions('TLSv1.2', 'TLSv1.2')

/** Ciphers below TLS 1.3 and the lowest version of each family of policies with TLS 1.3. */
const MODERN: Readonly<Record<string, readonly [TlsVersion, readonly string[]]>> = {
  '1-3': ['TLSv1.3', []],
  '1-2-Res': ['TLSv1.2', RESTRICTED],
  '1-2': ['TLSv1.2', STRONG],
  '1-2-Ext0': ['TLSv1.2', FORWARD_SECRET],
  '1-2-Ext1': ['TLSv1.2', [...STRONG, ...RSA_STRONG]],
  '1-2-Ext2': ['TLSv1.2', ALL],
  '1-1': ['TLSv1.1', ALL],
  '1-0': ['TLSv1', ALL],
}

const modern = (families: readonly string[], suffix: string, tls13: readonly string[]): readonly SecurityPolicy[] =>
  families.flatMap((family) => {
    const found = MODERN[family]
    if (found === undefined) return []
    const [lowest, ciphers] = found
    const protocols = versions(lowest, 'TLSv1.3')
    return [{ name: `ELBSecurityPolicy-TLS13-${family}-${suffix}`, protocols, ciphers: [...tls13, ...ciphers] }]
  })

const old = (name: string, protocols: readonly TlsVersion[], ciphers: readonly string[]): SecurityPolicy => ({
  name: `ELBSecurityPolicy-${name}`,
  protocols,
  ciphers,
})

export const SSL_POLICIES: readonly SecurityPolicy[] = [
  old('2016-08', versions('TLSv1', 'TLSv1.2'), ALL),
  ...modern(['1-2', '1-2-Res', '1-2-Ext1', '1-2-Ext2', '1-1', '1-0', '1-3'], '2021-06', TLS13),
  old('TLS-1-2-2017-01', TLS12, [...STRONG, ...RSA_STRONG]),
  old('TLS-1-1-2017-01', versions('TLSv1.1', 'TLSv1.2'), ALL),
  old('TLS-1-2-Ext-2018-06', TLS12, ALL),
  old('FS-2018-06', versions('TLSv1', 'TLSv1.2'), FORWARD_SECRET),
  old('2015-05', versions('TLSv1', 'TLSv1.2'), ALL),
  old('TLS-1-0-2015-04', versions('TLSv1', 'TLSv1.2'), [...ALL, 'DES-CBC3-SHA']),
  old('FS-1-2-Res-2019-08', TLS12, STRONG),
  old('FS-1-1-2019-08', versions('TLSv1.1', 'TLSv1.2'), FORWARD_SECRET),
  old('FS-1-2-2019-08', TLS12, FORWARD_SECRET),
  old('FS-1-2-Res-2020-10', TLS12, RESTRICTED),
  ...modern(['1-3', '1-2-Res', '1-2', '1-2-Ext0', '1-2-Ext1', '1-2-Ext2', '1-1', '1-0'], 'FIPS-2023-04', TLS13_FIPS),
  ...modern(['1-3', '1-2-Res', '1-2', '1-2-Ext1', '1-2-Ext2', '1-0'], 'PQ-2025-09', TLS13),
  ...modern(['1-3', '1-2-Res', '1-2', '1-2-Ext0', '1-2-Ext1', '1-2-Ext2', '1-0'], 'FIPS-PQ-2025-09', TLS13_FIPS),
]

export const getSslPolicy = (name: string): SecurityPolicy | undefined =>
  SSL_POLICIES.find((policy) => policy.name === name)
