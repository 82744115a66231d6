<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>AllTargetsView</name>
    <message numerus="yes">
        <source>{0} targets, {1} to {2}.</source>
        <translation>
            <numerusform>{0} target, {1} to {2}.</numerusform>
            <numerusform>{0} targets, {1} to {2}.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ControlPanel</name>
    <message numerus="yes">
        <source> failures</source>
        <translation>
            <numerusform> failure</numerusform>
            <numerusform> failures</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FiguresModel</name>
    <message numerus="yes">
        <source>95% certain between {low} and {high}, from {count} checks (Wilson)</source>
        <translation>
            <numerusform>95% certain between {low} and {high}, from {count} check (Wilson)</numerusform>
            <numerusform>95% certain between {low} and {high}, from {count} checks (Wilson)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message numerus="yes">
        <source>{count} targets fail</source>
        <translation>
            <numerusform>{count} target fails</numerusform>
            <numerusform>{count} targets fail</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} targets answer again</source>
        <translation>
            <numerusform>{count} target answers again</numerusform>
            <numerusform>{count} targets answer again</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{names} and {count} more</source>
        <translation>
            <numerusform>{names} and {count} more</numerusform>
            <numerusform>{names} and {count} more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OutageModel</name>
    <message numerus="yes">
        <source>{0} checks without success</source>
        <translation>
            <numerusform>{0} check without success</numerusform>
            <numerusform>{0} checks without success</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{0} of them not sent</source>
        <translation>
            <numerusform>{0} of them not sent</numerusform>
            <numerusform>{0} of them not sent</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PlanChanges</name>
    <message numerus="yes">
        <source>%n added: {names}</source>
        <translation>
            <numerusform>%n added: {names}</numerusform>
            <numerusform>%n added: {names}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n removed: {names}</source>
        <translation>
            <numerusform>%n removed: {names}</numerusform>
            <numerusform>%n removed: {names}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n paused: {names}</source>
        <translation>
            <numerusform>%n paused: {names}</numerusform>
            <numerusform>%n paused: {names}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n going on: {names}</source>
        <translation>
            <numerusform>%n going on: {names}</numerusform>
            <numerusform>%n going on: {names}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n edited: {names}</source>
        <translation>
            <numerusform>%n edited: {names}</numerusform>
            <numerusform>%n edited: {names}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ReportPage</name>
    <message numerus="yes">
        <source>{count} selected targets</source>
        <translation>
            <numerusform>{count} selected target</numerusform>
            <numerusform>{count} selected targets</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RetryPreviewPlot</name>
    <message numerus="yes">
        <source>{0} attempts; an error after {1} at worst, about {2} where all fail at once.</source>
        <translation>
            <numerusform>{0} attempt; an error after {1} at worst, about {2} where it fails at once.</numerusform>
            <numerusform>{0} attempts; an error after {1} at worst, about {2} where all fail at once.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SpanModel</name>
    <message numerus="yes">
        <source>{0} checks without success</source>
        <translation>
            <numerusform>{0} check without success</numerusform>
            <numerusform>{0} checks without success</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SpanPanel</name>
    <message numerus="yes">
        <source>Outages in this time: {0}</source>
        <translation>
            <numerusform>Outages in this time: {0}</numerusform>
            <numerusform>Outages in this time: {0}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TargetHeader</name>
    <message numerus="yes">
        <source>{count} selected targets</source>
        <translation>
            <numerusform>{count} selected target</numerusform>
            <numerusform>{count} selected targets</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} watched</source>
        <translation>
            <numerusform>{count} watched</numerusform>
            <numerusform>{count} watched</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} slow at the end</source>
        <translation>
            <numerusform>{count} slow at the end</numerusform>
            <numerusform>{count} slow at the end</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} slow now</source>
        <translation>
            <numerusform>{count} slow now</numerusform>
            <numerusform>{count} slow now</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message numerus="yes">
        <source>{count} slow</source>
        <translation>
            <numerusform>{count} slow</numerusform>
            <numerusform>{count} slow</numerusform>
        </translation>
    </message>
</context>
</TS>
