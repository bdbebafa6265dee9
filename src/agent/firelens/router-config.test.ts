/** Whole configuration files, as the examples of AWS's documentation and of `amazon-ecs-firelens-examples` make them. */
import { describe, expect, it } from 'vitest'
import { aLogRouter, aLogSecret, aRoutedContainer, aRoutedTask } from '../../../test/builders/a-routed-task.ts'
import { builderIds } from '../../../test/builders/ids.ts'
import type { PayloadContainer, PayloadTask } from '../../agentlink/acs-messages.ts'
import { acceptTask } from '../engine/accept.ts'
import { fluentBitText } from './fluent-bit-text.ts'
import { fluentdText } from './fluentd-text.ts'
import type { LogOptions } from './log-routing.ts'
import { routerConfig } from './router-config.ts'

const WITHOUT_METADATA = { 'enable-ecs-log-metadata': 'false' }

const textOf = (containers: readonly PayloadContainer[], task: Partial<PayloadTask> = {}): string => {
  const config = routerConfig(acceptTask(aRoutedTask(containers, task), 0, builderIds), 'shop')
  return config.type === 'fluentd' ? fluentdText(config) : fluentBitText(config)
}

/** The sections that a container with these options adds, those of its output last. */
const sectionsFor = (type: 'fluentbit' | 'fluentd', options: LogOptions): string => {
  const router = aLogRouter({ type, options: WITHOUT_METADATA })
  const text = textOf([aRoutedContainer(options), router], { networkMode: 'host' })
  const [_input, ...sections] = text.split(/\n(?=\[)/)
  return sections.join('\n')
}

const METADATA = {
  cluster: 'ecs_cluster shop',
  task: 'ecs_task_arn arn:aws:ecs:us-west-2:000000000000:task/shop/0123456789abcdef0123456789abcdef',
  definition: 'ecs_task_definition web:7',
}

describe('the configuration of Fluent Bit', () => {
  it('has inputs, filters, the file of the image and outputs, in this order', () => {
    const router = aLogRouter({
      type: 'fluentbit',
      options: {
        'enable-ecs-log-metadata': 'true',
        'config-file-type': 'file',
        'config-file-value': '/fluent-bit/configs/parse-json.conf',
      },
    })
    const app = aRoutedContainer({
      Name: 'firehose',
      region: 'us-west-2',
      delivery_stream: 'my-stream',
      'include-pattern': '^[a-z][aeiou].*$',
      'exclude-pattern': '^.*[aeiou]$',
      'log-driver-buffer-limit': '2097152',
      mode: 'non-blocking',
    })
    const side = aRoutedContainer({ Name: 'stdout' }, { name: 'side' })
    expect(textOf([app, router, side])).toBe(`[INPUT]
    Name forward
    unix_path /var/run/fluent.sock

[INPUT]
    Name forward
    Listen 0.0.0.0
    Port 24224

[INPUT]
    Name tcp
    Tag firelens-healthcheck
    Listen 127.0.0.1
    Port 8877

[FILTER]
    Name grep
    Match app-firelens*
    Regex log ^[a-z][aeiou].*$

[FILTER]
    Name grep
    Match app-firelens*
    Exclude log ^.*[aeiou]$

[FILTER]
    Name record_modifier
    Match *
    Record ${METADATA.cluster}
    Record ${METADATA.task}
    Record ${METADATA.definition}

@INCLUDE /fluent-bit/configs/parse-json.conf

[OUTPUT]
    Name null
    Match firelens-healthcheck

[OUTPUT]
    Name firehose
    Match app-firelens*
    delivery_stream my-stream
    region us-west-2

[OUTPUT]
    Name stdout
    Match side-firelens*
`)
  })

  it('listens on loopback where containers share a network, and on the socket alone where there is none', () => {
    const containers = [
      aRoutedContainer({ Name: 'stdout' }),
      aLogRouter({ type: 'fluentbit', options: WITHOUT_METADATA }),
    ]
    expect(textOf(containers, { networkMode: 'awsvpc' })).toContain('Listen 127.0.0.1\n    Port 24224\n')
    for (const networkMode of ['host', 'none'] as const)
      expect(textOf(containers, { networkMode })).toBe(
        '[INPUT]\n    Name forward\n    unix_path /var/run/fluent.sock\n\n' +
          '[OUTPUT]\n    Name stdout\n    Match app-firelens*\n',
      )
  })

  it.each<[string, LogOptions, readonly string[]]>([
    [
      'CloudWatch Logs',
      {
        Name: 'cloudwatch_logs',
        region: 'us-west-2',
        log_group_name: 'firelens-testing-fluent-bit',
        auto_create_group: 'true',
        log_stream_prefix: 'from-fluent-bit-',
        'log-driver-buffer-limit': '2097152',
      },
      [
        'Name cloudwatch_logs',
        'Match app-firelens*',
        'auto_create_group true',
        'log_group_name firelens-testing-fluent-bit',
        'log_stream_prefix from-fluent-bit-',
        'region us-west-2',
      ],
    ],
    [
      'Amazon Data Firehose',
      { Name: 'kinesis_firehose', region: 'us-west-2', delivery_stream: 'my-stream' },
      ['Name kinesis_firehose', 'Match app-firelens*', 'delivery_stream my-stream', 'region us-west-2'],
    ],
    [
      'Amazon Kinesis Data Streams',
      { Name: 'kinesis', region: 'us-west-2', stream: 'my-stream', partition_key: 'container_id' },
      ['Name kinesis', 'Match app-firelens*', 'partition_key container_id', 'region us-west-2', 'stream my-stream'],
    ],
    [
      'an external Fluentd or Fluent Bit',
      { Name: 'forward', Host: 'fluentdhost', Port: '24224' },
      ['Name forward', 'Match app-firelens*', 'Host fluentdhost', 'Port 24224'],
    ],
    [
      'OpenSearch',
      {
        Name: 'es',
        Host: 'vpc-fake-domain.us-west-2.es.amazonaws.com',
        Port: '443',
        Index: 'my_index',
        Type: 'my_type',
        Aws_auth: 'On',
        Aws_region: 'us-west-2',
        tls: 'On',
      },
      [
        'Name es',
        'Match app-firelens*',
        'Aws_auth On',
        'Aws_region us-west-2',
        'Host vpc-fake-domain.us-west-2.es.amazonaws.com',
        'Index my_index',
        'Port 443',
        'Type my_type',
        'tls On',
      ],
    ],
    [
      'Amazon S3',
      {
        Name: 's3',
        region: 'us-west-2',
        bucket: 'my-bucket',
        total_file_size: '1M',
        upload_timeout: '1m',
        use_put_object: 'On',
        s3_key_format: '/$TAG[2]/%Y/%m/%d/%H_%M_%S/$UUID.gz',
      },
      [
        'Name s3',
        'Match app-firelens*',
        'bucket my-bucket',
        'region us-west-2',
        's3_key_format /$TAG[2]/%Y/%m/%d/%H_%M_%S/$UUID.gz',
        'total_file_size 1M',
        'upload_timeout 1m',
        'use_put_object On',
      ],
    ],
    [
      'an HTTP endpoint',
      {
        Name: 'http',
        Host: 'logs.example.com',
        Port: '443',
        URI: '/in?a=b#c',
        Format: 'json',
        Header: 'X-Token a b',
        tls: 'On',
      },
      [
        'Name http',
        'Match app-firelens*',
        'Format json',
        'Header X-Token a b',
        'Host logs.example.com',
        'Port 443',
        'URI /in?a=b#c',
        'tls On',
      ],
    ],
    [
      'Datadog',
      {
        Name: 'datadog',
        Host: 'http-intake.logs.datadoghq.com',
        TLS: 'on',
        dd_message_key: 'log',
        dd_service: 'my-httpd',
        dd_source: 'httpd',
        dd_tags: 'project:example,env:test',
        provider: 'ecs',
      },
      [
        'Name datadog',
        'Match app-firelens*',
        'Host http-intake.logs.datadoghq.com',
        'TLS on',
        'dd_message_key log',
        'dd_service my-httpd',
        'dd_source httpd',
        'dd_tags project:example,env:test',
        'provider ecs',
      ],
    ],
  ])('has an output to %s', (_to, options, lines) => {
    expect(sectionsFor('fluentbit', options)).toBe(`[OUTPUT]\n${lines.map((line) => `    ${line}\n`).join('')}`)
  })

  it('has secrets as variables of its environment, one each of every container', () => {
    const options = { Name: 'datadog' }
    const containers = [
      aRoutedContainer(options, { secrets: [aLogSecret('apikey')] }),
      aLogRouter(),
      aRoutedContainer(options, { name: 'side', secrets: [aLogSecret('apikey', '/other')] }),
    ]
    const text = textOf(containers)
    expect(text).toContain('Name datadog\n    Match app-firelens*\n    apikey ${apikey_0}\n')
    expect(text).toContain('Name datadog\n    Match side-firelens*\n    apikey ${apikey_2}\n')
  })

  it('leaves the output to the file of the image where a container names none', () => {
    expect(sectionsFor('fluentbit', {})).toBe('')
    expect(sectionsFor('fluentbit', { 'include-pattern': 'a' })).toBe(
      '[FILTER]\n    Name grep\n    Match app-firelens*\n    Regex log a\n',
    )
  })
})

describe('the configuration of Fluentd', () => {
  it('has inputs, filters, the file of the image and outputs, in this order', () => {
    const options = { 'config-file-type': 'file', 'config-file-value': '/fluentd/etc/extra.conf' }
    const app = aRoutedContainer(
      {
        '@type': 'kinesis_firehose',
        region: 'us-west-2',
        delivery_stream_name: 'my-stream',
        'include-pattern': 'a/b',
        'exclude-pattern': 'c',
      },
      { secrets: [aLogSecret('token')] },
    )
    expect(textOf([app, aLogRouter({ type: 'fluentd', options })])).toBe(`<source>
    @type unix
    path /var/run/fluent.sock
</source>

<source>
    @type forward
    bind 0.0.0.0
    port 24224
</source>

<filter app-firelens**>
    @type grep
    <regexp>
        key log
        pattern /a/b/
    </regexp>
</filter>

<filter app-firelens**>
    @type grep
    <exclude>
        key log
        pattern /c/
    </exclude>
</filter>

<filter **>
    @type record_transformer
    <record>
        ${METADATA.cluster}
        ${METADATA.task}
        ${METADATA.definition}
    </record>
</filter>

@include /fluentd/etc/extra.conf

<match app-firelens**>
    @type kinesis_firehose
    delivery_stream_name my-stream
    region us-west-2
    token "#{ENV['token_0']}"
</match>
`)
  })

  it('listens on the socket alone where there is no network', () => {
    const router = aLogRouter({ type: 'fluentd', options: WITHOUT_METADATA })
    expect(textOf([aRoutedContainer({ '@type': 'stdout' }), router], { networkMode: 'none' })).toBe(
      '<source>\n    @type unix\n    path /var/run/fluent.sock\n</source>\n\n' +
        '<match app-firelens**>\n    @type stdout\n</match>\n',
    )
  })
})

describe('a configuration that cannot be', () => {
  const why = (
    options: LogOptions,
    configuration: PayloadContainer['firelensConfiguration'] = { type: 'fluentbit' },
  ) => {
    try {
      return textOf([aRoutedContainer(options), aLogRouter(configuration)])
    } catch (error) {
      return (error as Error).message
    }
  }

  it.each<[string, LogOptions, PayloadContainer['firelensConfiguration']]>([
    [
      'unable to apply log options of container app to firelens config: missing output key Name which is required for firelens configuration of type fluentbit',
      { Host: 'a' },
      undefined,
    ],
    [
      'unable to apply log options of container app to firelens config: missing output key @type which is required for firelens configuration of type fluentd',
      { Name: 'stdout' },
      { type: 'fluentd' },
    ],
    [
      'unable to apply log options of container app to firelens config: option "Host": its value is not one line of text',
      { Name: 'es', Host: 'a\n[OUTPUT]\n    Name file' },
      undefined,
    ],
    [
      'unable to apply log options of container app to firelens config: option "[OUTPUT]\\n    Name": its name is not that of an option',
      { Name: 'es', '[OUTPUT]\n    Name': 'file' },
      undefined,
    ],
    [
      'unable to apply log options of container app to firelens config: option "exclude-pattern": its value is not one line of text',
      { Name: 'es', 'exclude-pattern': 'a\nb' },
      undefined,
    ],
    ['invalid firelens configuration type: logstash', { Name: 'es' }, { type: 'logstash' }],
    [
      'config-file-type s3 is not supported by this agent',
      { Name: 'es' },
      { type: 'fluentbit', options: { 'config-file-type': 's3', 'config-file-value': 'arn:aws:s3:::bucket/a.conf' } },
    ],
    [
      'config-file-value: its value is not one line of text',
      { Name: 'es' },
      { type: 'fluentbit', options: { 'config-file-type': 'file', 'config-file-value': '/a\n[OUTPUT]' } },
    ],
  ])('%s', (message, options, configuration) => expect(why(options, configuration)).toBe(message))
})
