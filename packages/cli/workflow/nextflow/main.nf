// A job of Cellwright in Nextflow (22.10 or later): the same verbs, one process each.
//
//   include { CELLWRIGHT } from './main'
//   workflow { CELLWRIGHT(Channel.of([[id: 'plate1'], file('plate1.job')]), 16) }
//
// All tasks write into the job's folder, which therefore lies on a disk that all of them see. What is done there is not
// done again, with -resume or without. A process that was killed, for want of memory too, gets more and goes on.

// Codes above 130 mean that the process was killed, see 128 + signal; 104 and 247 are those of some clusters.
def wasKilled(code) {
    return code == null || code in [104, 247] || code in 131..159
}

process CELLWRIGHT_SEGMENT {
    tag "${meta.id} ${index}/${shards}"
    label 'process_medium'
    memory { 4.GB * task.attempt }
    errorStrategy { wasKilled(task.exitStatus) ? 'retry' : 'finish' }
    maxRetries 2

    input:
    tuple val(meta), path(job), val(index), val(shards)

    output:
    tuple val(meta), path(job, includeInputs: true), val(shards)

    script:
    """
    cellwright segment --job '${job}' --shard ${index}/${shards} --threads ${task.cpus}
    """
}

process CELLWRIGHT_MERGE {
    tag "${meta.id}"
    label 'process_medium'
    memory { 4.GB * task.attempt }
    errorStrategy { wasKilled(task.exitStatus) ? 'retry' : 'finish' }
    maxRetries 2

    input:
    tuple val(meta), path(job), val(shards)

    output:
    tuple val(meta), path(job, includeInputs: true), val(shards)

    script:
    """
    cellwright merge '${job}'
    """
}

process CELLWRIGHT_FINALIZE {
    tag "${meta.id} ${index}/${shards}"
    label 'process_medium'
    memory { 4.GB * task.attempt }
    errorStrategy { wasKilled(task.exitStatus) ? 'retry' : 'finish' }
    maxRetries 2

    input:
    tuple val(meta), path(job), val(index), val(shards)

    output:
    tuple val(meta), path(job, includeInputs: true), val(shards)

    script:
    """
    cellwright finalize '${job}' --shard ${index}/${shards}
    """
}

// The job is done when what is on the disk says so.
process CELLWRIGHT_CHECK {
    tag "${meta.id}"
    label 'process_single'

    input:
    tuple val(meta), path(job), val(shards)

    output:
    tuple val(meta), path(job, includeInputs: true), emit: job
    tuple val(meta), path('*.json'), emit: info
    path 'versions.yml', emit: versions

    script:
    """
    cellwright info '${job}' --json > '${meta.id}.json'
    grep -q '"complete":true' '${meta.id}.json'

    cat <<-END_VERSIONS > versions.yml
    "${task.process}":
        cellwright: \$(cellwright --version)
    END_VERSIONS
    """
}

workflow CELLWRIGHT {
    take:
    jobs      // channel: [ val(meta), path(job) ]
    shards    // val: into how many tasks each job is cut

    main:
    finals = (shards + 7).intdiv(8)  // finalize has less to do
    indices = Channel.of(0..<shards)

    CELLWRIGHT_SEGMENT(jobs.combine(indices).map { meta, job, index -> [meta, job, index, shards] })
    segmented = CELLWRIGHT_SEGMENT.out
        .map { meta, job, count -> [groupKey(meta, count), job] }
        .groupTuple()
        .map { key, same -> [key.target, same[0], shards] }
    CELLWRIGHT_MERGE(segmented)
    CELLWRIGHT_FINALIZE(
        CELLWRIGHT_MERGE.out
            .combine(Channel.of(0..<finals))
            .map { meta, job, count, index -> [meta, job, index, finals] }
    )
    finalized = CELLWRIGHT_FINALIZE.out
        .map { meta, job, count -> [groupKey(meta, count), job] }
        .groupTuple()
        .map { key, same -> [key.target, same[0], finals] }
    CELLWRIGHT_CHECK(finalized)

    emit:
    job = CELLWRIGHT_CHECK.out.job            // channel: [ val(meta), path(job) ], with labels.zarr and cells.csv in it
    info = CELLWRIGHT_CHECK.out.info          // channel: [ val(meta), path(json) ]
    versions = CELLWRIGHT_CHECK.out.versions  // channel: path(versions.yml)
}
