"""Functions of SQL that only read, by name: any other may do anything, so a statement that calls one is not a look.

From the manuals of PostgreSQL (chapter 9, "Functions and Operators", without those that act: pg_terminate_backend,
pg_advisory_lock, nextval, query_to_xml, pg_read_file, …) and of MySQL (chapter "Functions and Operators", without
sleep, benchmark, load_file and the locks). A function that is missing costs a question; one too many runs unasked.
"""

# ruff: noqa: SIM905, E501 - word lists

from __future__ import annotations

import re

_HARMLESS = frozenset(
    # aggregates and windows
    "count sum avg min max array_agg string_agg group_concat json_agg jsonb_agg json_object_agg jsonb_object_agg bool_and "
    "bool_or every bit_and bit_or stddev stddev_pop stddev_samp variance var_pop var_samp percentile_cont percentile_disc "
    "mode rank dense_rank percent_rank cume_dist ntile row_number lag lead first_value last_value nth_value corr grouping "
    # conditions
    "coalesce nullif greatest least if ifnull isnull cast convert num_nulls num_nonnulls "
    # dates
    "now age date_trunc date_part date_bin extract to_timestamp to_char to_date to_number make_date make_interval "
    "make_timestamp make_timestamptz clock_timestamp statement_timestamp transaction_timestamp current_date current_time "
    "current_timestamp localtimestamp localtime date date_add date_sub datediff timestampdiff timediff curdate curtime "
    "unix_timestamp from_unixtime date_format year month day hour minute second utc_timestamp sec_to_time timezone "
    "justify_interval justify_hours justify_days isfinite "
    # strings
    "length char_length octet_length lower upper initcap trim btrim ltrim rtrim lpad rpad left right substring substr "
    "position strpos replace translate concat concat_ws format split_part regexp_replace regexp_match regexp_matches "
    "regexp_split_to_table regexp_split_to_array repeat reverse md5 sha256 encode decode quote_ident quote_literal chr "
    "ascii starts_with overlay hex instr locate "
    # of BigQuery, SQLite, ClickHouse and SQL Server
    "timestamp_sub timestamp_add timestamp_diff timestamp_trunc date_diff datetime datetime_sub datetime_diff "
    "safe_divide safe_cast countif approx_count_distinct approx_quantiles strftime julianday unixepoch total typeof "
    "getdate getutcdate sysdatetime dateadd datename datepart isnull iif len charindex object_name object_id db_name "
    "tostartofhour tostartofminute todate todatetime uniq quantile sumif formatreadablesize "
    # numbers
    "abs round ceil ceiling floor trunc truncate mod power sqrt exp ln log log10 sign div width_bucket random "
    # JSON and arrays
    "unnest array_length cardinality array_to_string array_position array_remove array_append generate_series "
    "json_array_elements jsonb_array_elements json_array_elements_text jsonb_array_elements_text jsonb_each json_each "
    "jsonb_each_text json_each_text jsonb_object_keys json_object_keys jsonb_array_length json_array_length jsonb_pretty "
    "jsonb_typeof json_typeof to_json to_jsonb row_to_json json_build_object jsonb_build_object jsonb_set json_extract "
    "json_unquote jsonb_path_query jsonb_extract_path jsonb_extract_path_text "
    # what the server says of itself
    "version current_database current_schema current_schemas current_user session_user current_setting database schema "
    "user connection_id inet_server_addr inet_server_port inet_client_addr pg_backend_pid pg_blocking_pids pg_typeof "
    "pg_postmaster_start_time pg_conf_load_time pg_wal_lsn_diff pg_xlog_location_diff pg_walfile_name pg_has_role "
    "pg_table_is_visible pg_encoding_to_char pg_relation_filepath pg_stat_statements pg_stat_statements_info to_regclass "
    "obj_description col_description shobj_description format_type txid_current_if_assigned txid_current_snapshot "
    "pg_indexes_size pg_show_all_settings pg_lock_status pg_tablespace_location row_count found_rows".split()
)
_READERS = re.compile(
    r"pg_stat_get_\w+|pg_(?:\w+_)?size(?:_\w+)?|pg_is_\w+|pg_last_\w+|pg_current_wal_\w+|pg_get_\w+|pg_ls_\w+dir"
    r"|has_\w+_privilege"
)
_NO_CALLS = frozenset(
    "in and or not values as from select where on using over filter any all some exists array row case when then else "
    "end interval by having union except intersect distinct limit offset lateral group partition with recursive is like "
    "ilike between join set explain analyze materialized rollup cube sets within order return returning verbose "
    "varchar char character numeric decimal timestamp timestamptz time timetz bit varbit float int bigint varying "
    "key index force use ignore at zone full left right inner outer".split()
)
_CALL = re.compile(r"((?:[\w$]+|\"[^\"]*\"|`[^`]*`)\s*\.\s*)?([\w$]+|\"[^\"]*\"|`[^`]*`)\s*\(")


def unknown_call(bare: str) -> str:
    """The first function of a statement that is not known to only read; its strings and comments are taken out before.

    >>> unknown_call("select count(*), archive_orders() from orders")
    'archive_orders'
    """
    for found in _CALL.finditer(bare):
        schema, name = (found[1] or "").strip(" \t\r\n."), found[2].casefold()
        if schema.casefold() in ("", "pg_catalog") and (
            name in _HARMLESS or name in _NO_CALLS or _READERS.fullmatch(name)
        ):
            continue
        return found[2]
    return ""
